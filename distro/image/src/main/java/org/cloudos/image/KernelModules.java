package org.cloudos.image;

import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.TreeMap;
import java.util.stream.Collectors;
import java.util.stream.Stream;

/**
 * The kernel modules that init may load, and the list that tells it when: one line a pattern,
 * {@code PHASE MODALIAS-GLOB FILE...}, files in the order of their dependencies. Modules are decompressed and stripped
 * here: xz under emulation costs more than the whole boot. What a module needs and drives stands in its own section
 * {@code .modinfo}, strings {@code key=value} that each end with 0.
 */
final class KernelModules {
    /** In the initramfs that carries the root file system, a loop device is needed besides. */
    static final String LOOP = "loop";

    /** /etc that can be written, in an image with Debian's packages. */
    static final String OVERLAY = "overlay";

    /** What it takes to find root and options; where the root may be else; what the first prompt doesn't wait for. */
    private static final Map<String, List<String>> PHASES = new TreeMap<>(Map.of(
            "root", List.of("virtio_blk", "erofs", "qemu_fw_cfg", LOOP),
            "disks", List.of("virtio_scsi", "ahci", "sd_mod"),
            "packages", List.of(OVERLAY),
            "late", List.of("virtio_net", "virtio_rng", "button", "evdev"))).descendingMap();
    /** These have no device; init loads them whatever the hardware is. */
    private static final Set<String> UNCONDITIONAL = Set.of("erofs", "evdev", LOOP, OVERLAY);

    /** The name of the list in the folder of modules. */
    static String listName(boolean loop, boolean packages) {
        return "modules" + (loop ? "-loop" : "") + (packages ? "-packages" : "");
    }

    private record Module(List<String> needs, List<String> aliases) {}

    private final Arch arch;
    private final Map<String, Path> packed;
    private final Set<String> builtIn;
    private final Map<String, Module> modules = new TreeMap<>();
    private final Path folder;

    /**
     * @param tree lib/modules/VERSION of an extracted kernel package
     * @param folder gets the modules, ready to be loaded, as NAME.ko
     */
    KernelModules(Arch arch, Path tree, Path folder) throws IOException {
        this(arch, tree, folder, PHASES.values().stream().flatMap(List::stream).toList());
    }

    /** @param names of those that are wanted, with what they need */
    KernelModules(Arch arch, Path tree, Path folder, List<String> names) throws IOException {
        this.arch = arch;
        this.folder = folder;
        try (Stream<Path> files = Files.walk(tree)) {
            packed = files.filter(f -> f.getFileName().toString().contains(".ko")).collect(Collectors.toMap(KernelModules::name, f -> f, (a, b) -> a));
        }
        Path list = tree.resolve("modules.builtin");
        try (Stream<String> lines = Files.exists(list) ? Files.lines(list) : Stream.empty()) {
            builtIn = lines.map(l -> name(Path.of(l))).collect(Collectors.toSet());
        }
        for (String name : names) unpack(name);
    }

    /** Modules are called with _ or -, as it comes. */
    static String name(Path path) {
        String file = path.getFileName().toString();
        return file.substring(0, file.indexOf(".ko")).replace('-', '_');
    }

    private void unpack(String module) throws IOException {
        if (modules.containsKey(module) || builtIn.contains(module)) return;
        Path source = packed.get(module);
        if (source == null) throw new ImageException("the kernel package has no module " + module);
        Path file = folder.resolve(module + ".ko");
        if (source.toString().endsWith(".xz")) {
            Path copy = folder.resolve(module + ".ko.xz");
            Files.copy(source, copy);
            new Tool("xz", "-d", copy).run();
        } else {
            Files.copy(source, file);
        }
        Module read = read(file);
        modules.put(module, read);
        new Tool(arch.tool("strip"), "--strip-debug", "-R", ".BTF", "-R", ".comment", file).run();
        for (String needed : read.needs()) unpack(needed);
    }

    private Module read(Path file) throws IOException {
        Path section = folder.resolve("modinfo");
        new Tool(arch.tool("objcopy"), "-O", "binary", "--only-section=.modinfo", file, section).run();
        String info = new String(Files.readAllBytes(section), StandardCharsets.UTF_8);
        Files.delete(section);
        return parse(info);
    }

    private static Module parse(String info) {
        Map<String, List<String>> values = new LinkedHashMap<>();
        for (String entry : info.split("\0")) {
            int equals = entry.indexOf('=');
            if (equals > 0) values.computeIfAbsent(entry.substring(0, equals), k -> new ArrayList<>()).add(entry.substring(equals + 1));
        }
        List<String> needs = values.getOrDefault("depends", List.of()).stream().flatMap(d -> Stream.of(d.split(",")))
                .filter(d -> !d.isEmpty()).map(d -> d.replace('-', '_')).toList();
        return new Module(needs, patterns(values.getOrDefault("alias", List.of())));
    }

    /** A driver of a whole PCI class (AHCI) needs no list of three hundred chips too. */
    static List<String> patterns(List<String> aliases) {
        List<String> all = aliases.stream().filter(a -> a.contains(":") && !a.contains(" ")).sorted().toList();
        List<String> classes = all.stream().filter(a -> a.startsWith("pci:v*d*sv*sd*bc")).toList();
        return classes.isEmpty() ? all : classes;
    }

    /** Of each module the files to load for it, in order: what a bundle loads from the running system. */
    String order() {
        return modules.keySet().stream().map(m -> inOrder(m).stream().map(f -> f + ".ko").collect(Collectors.joining(" ")) + "\n")
                .collect(Collectors.joining());
    }

    /** init's list; with {@code loop} for an initramfs that has the root file system inside. */
    String list(boolean loop, boolean packages) {
        StringBuilder text = new StringBuilder();
        PHASES.forEach((phase, names) -> {
            for (String module : names) {
                if (!modules.containsKey(module)) continue; // a part of the kernel
                if (module.equals(LOOP) && !loop || module.equals(OVERLAY) && !packages) continue;
                String files = inOrder(module).stream().map(m -> m + ".ko").collect(Collectors.joining(" "));
                List<String> patterns = UNCONDITIONAL.contains(module) ? List.of("-") : modules.get(module).aliases();
                for (String pattern : patterns) text.append(phase).append(' ').append(pattern).append(' ').append(files).append('\n');
            }
        });
        return text.toString();
    }

    /** What it needs first, itself last. */
    private Set<String> inOrder(String module) {
        Set<String> order = new LinkedHashSet<>();
        if (!modules.containsKey(module)) return order; // a part of the kernel
        for (String needed : modules.get(module).needs()) order.addAll(inOrder(needed));
        order.add(module);
        return order;
    }
}
