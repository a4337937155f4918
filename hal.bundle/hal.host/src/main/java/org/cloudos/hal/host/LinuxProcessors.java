package org.cloudos.hal.host;

import java.util.ArrayList;
import java.util.Comparator;
import java.util.LinkedHashMap;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.SortedSet;
import java.util.TreeSet;
import org.cloudos.hal.machine.Architecture;
import org.cloudos.hal.machine.Processor;
import org.cloudos.hal.machine.ProcessorCache;
import org.cloudos.hal.machine.Processors;

/** {@code /proc/cpuinfo} and {@code /sys/devices/system/cpu}. */
final class LinuxProcessors implements Processors {
    private static final String CPU = "sys/devices/system/cpu/";
    /** Of ARM's main identification register. */
    private static final Map<String, String> IMPLEMENTERS = Map.of("0x41", "ARM", "0x42", "Broadcom", "0x43", "Cavium", "0x46", "Fujitsu",
            "0x48", "HiSilicon", "0x4e", "NVIDIA", "0x51", "Qualcomm", "0x61", "Apple", "0xc0", "Ampere");
    private static final Map<String, String> ARM_PARTS = Map.of("0xd03", "Cortex-A53", "0xd05", "Cortex-A55", "0xd07", "Cortex-A57", "0xd08", "Cortex-A72",
            "0xd0b", "Cortex-A76", "0xd0c", "Neoverse-N1", "0xd40", "Neoverse-V1", "0xd49", "Neoverse-N2", "0xd4f", "Neoverse-V2");

    private final KernelFiles files;

    LinuxProcessors(KernelFiles files) {
        this.files = files;
    }

    /** The lines {@code NAME : VALUE} of the first processor, and its frequency for each. */
    private List<Map<String, String>> info() {
        List<Map<String, String>> all = new ArrayList<>();
        for (String block : files.text("proc/cpuinfo").split("\n\\s*\n")) {
            Map<String, String> one = new LinkedHashMap<>();
            block.lines().forEach(line -> {
                int colon = line.indexOf(':');
                if (colon > 0) {
                    one.put(line.substring(0, colon).strip(), line.substring(colon + 1).strip());
                }
            });
            all.add(one);
        }
        return all;
    }

    private String first(String... keys) {
        Map<String, String> first = info().getFirst();
        for (String key : keys) {
            if (first.containsKey(key)) {
                return first.get(key);
            }
        }
        return "";
    }

    @Override public Architecture architecture() {
        return Architecture.current();
    }

    @Override public String vendor() {
        String implementer = first("CPU implementer");
        return implementer.isEmpty() ? first("vendor_id") : IMPLEMENTERS.getOrDefault(implementer, implementer);
    }

    @Override public String model() {
        String part = first("CPU part");
        return part.isEmpty() ? first("model name") : vendor().equals("ARM") ? ARM_PARTS.getOrDefault(part, "part " + part) : "part " + part;
    }

    @Override public String hypervisor() {
        String type = files.text("sys/hypervisor/type");
        if (!type.isEmpty()) {
            return type;
        }
        String maker = files.text("sys/class/dmi/id/sys_vendor");
        boolean virtual = features().contains("hypervisor") || maker.equals("QEMU");
        return virtual ? maker.isEmpty() ? "unknown" : maker : "";
    }

    @Override public SortedSet<String> features() {
        SortedSet<String> features = new TreeSet<>(List.of(first("flags", "Features").split("\\s+")));
        features.remove("");
        return features;
    }

    @Override public List<Processor> processors() {
        List<Integer> online = KernelFiles.list(files.text(CPU + "online"));
        List<Integer> present = KernelFiles.list(files.text(CPU + "present"));
        List<Map<String, String>> info = info();
        List<Processor> found = new ArrayList<>();
        for (int n : present.isEmpty() ? online : present) {
            String at = CPU + "cpu" + n + "/";
            int node = files.names(at).stream().filter(name -> name.matches("node\\d{1,4}")).findFirst().map(s -> Integer.parseInt(s.substring(4))).orElse(-1);
            long khz = files.number(at + "cpufreq/scaling_cur_freq", 0);
            found.add(new Processor(n, online.contains(n), (int) files.number(at + "topology/physical_package_id", -1),
                    (int) files.number(at + "topology/core_id", -1), node, khz > 0 ? khz * 1000 : told(info, n),
                    files.number(at + "cpufreq/cpuinfo_min_freq", 0) * 1000, files.number(at + "cpufreq/cpuinfo_max_freq", 0) * 1000));
        }
        return List.copyOf(found);
    }

    private static long told(List<Map<String, String>> info, int processor) {
        for (Map<String, String> one : info) {
            if (one.getOrDefault("processor", "").equals(Integer.toString(processor))) {
                String mhz = one.getOrDefault("cpu MHz", "");
                return mhz.matches("\\d{1,7}(\\.\\d{1,6})?") ? Math.round(Double.parseDouble(mhz) * 1e6) : 0;
            }
        }
        return 0;
    }

    @Override public List<ProcessorCache> caches() {
        record Kind(int level, String type, long bytes, int line, int ways) { }
        Map<Kind, Set<String>> found = new LinkedHashMap<>();
        for (int n : KernelFiles.list(files.text(CPU + "online"))) {
            String folder = CPU + "cpu" + n + "/cache";
            for (String index : files.names(folder)) {
                String at = folder + "/" + index + "/";
                if (index.startsWith("index")) {
                    Kind kind = new Kind((int) files.number(at + "level", 0), files.text(at + "type").toLowerCase(java.util.Locale.ROOT),
                            bytes(files.text(at + "size")), (int) files.number(at + "coherency_line_size", 0),
                            (int) files.number(at + "ways_of_associativity", 0));
                    found.computeIfAbsent(kind, k -> new LinkedHashSet<>()).add(files.text(at + "shared_cpu_list"));
                }
            }
        }
        return found.entrySet().stream().filter(e -> e.getKey().bytes > 0).map(e -> {
            Kind k = e.getKey();
            int shared = e.getValue().stream().mapToInt(list -> KernelFiles.list(list).size()).max().orElse(1);
            return new ProcessorCache(k.level, k.type, k.bytes, k.line, k.ways, e.getValue().size(), Math.max(1, shared));
        }).sorted(Comparator.comparingInt(ProcessorCache::level).thenComparing(ProcessorCache::kind)).toList();
    }

    private static long bytes(String size) {
        if (!size.matches("\\d{1,12}[KMG]?")) {
            return 0;
        }
        int shift = size.endsWith("K") ? 10 : size.endsWith("M") ? 20 : size.endsWith("G") ? 30 : 0;
        return Long.parseLong(shift == 0 ? size : size.substring(0, size.length() - 1)) << shift;
    }

    private int bits(int group) {
        var m = java.util.regex.Pattern.compile("(\\d{1,3}) bits physical, (\\d{1,3}) bits virtual").matcher(first("address sizes"));
        return m.find() ? Integer.parseInt(m.group(group)) : 0;
    }

    @Override public int physicalBits() {
        return bits(1);
    }

    @Override public int virtualBits() {
        return bits(2);
    }
}
