package org.cloudos.image;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.LinkedHashMap;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.stream.Stream;

/**
 * The kernel modules that init may load, and the list that tells it when: one line a pattern,
 * {@code PHASE MODALIAS-GLOB FILE...}, files in the order of their dependencies ({@code modules.dep},
 * {@code modules.alias}: depmod(8)). Modules are decompressed and stripped here: xz under emulation costs more
 * than the whole boot.
 */
final class KernelModules {
    /** Loaded whatever the hardware is. */
    private static final String ALWAYS = "-";
    /** What it takes to find the root file system and the options. */
    private static final Map<String, List<String>> PHASES = Map.of(
            "root", List.of("virtio_blk", "erofs", "qemu_fw_cfg", "virtio_scsi", "ahci", "sd_mod", "loop"),
            "late", List.of("virtio_net", "virtio_rng", "button", "evdev"));
    private static final Set<String> UNCONDITIONAL = Set.of("erofs");
    /** In the initramfs that carries the root file system, a loop device is needed besides. */
    private static final String LOOP = "loop";

    private final Path tree;
    private final Map<String, String> paths = new LinkedHashMap<>();
    private final Map<String, List<String>> needs = new LinkedHashMap<>();
    private final Map<String, List<String>> aliases = new LinkedHashMap<>();

    /** @param tree lib/modules/VERSION of an extracted kernel package */
    KernelModules(Path tree) throws IOException {
        this.tree = tree;
        for (String line : Files.readAllLines(tree.resolve("modules.dep"))) {
            int colon = line.indexOf(':');
            String path = line.substring(0, colon);
            paths.put(name(path), path);
            needs.put(name(path), Stream.of(line.substring(colon + 1).strip().split(" ")).filter(p -> !p.isEmpty())
                    .map(KernelModules::name).toList());
        }
        for (String line : Files.readAllLines(tree.resolve("modules.alias"))) {
            String[] words = line.split(" ");
            if (words.length == 3 && words[0].equals("alias")) aliases.computeIfAbsent(words[2], k -> new ArrayList<>()).add(words[1]);
        }
    }

    /** Modules are called with _ or -, as it comes. */
    static String name(String path) {
        String file = path.substring(path.lastIndexOf('/') + 1);
        return file.substring(0, file.indexOf(".ko")).replace('-', '_');
    }

    /** A module's files in loading order: what it needs first (depmod lists those nearest first). */
    List<String> inOrder(String module) throws ImageException {
        if (!paths.containsKey(module)) throw new ImageException("the kernel package has no module " + module);
        List<String> order = new ArrayList<>(needs.get(module));
        java.util.Collections.reverse(order);
        order.add(module);
        return order;
    }

    /** init's list; with {@code loop} for an initramfs that has the root file system inside. */
    String list(boolean loop) throws ImageException {
        StringBuilder text = new StringBuilder();
        for (String phase : List.of("root", "late")) {
            for (String module : PHASES.get(phase)) {
                if (!paths.containsKey(module) || (module.equals(LOOP) && !loop)) continue;
                String files = String.join(" ", inOrder(module).stream().map(m -> m + ".ko").toList());
                for (String pattern : patterns(module)) text.append(phase).append(' ').append(pattern).append(' ').append(files).append('\n');
            }
        }
        return text.toString();
    }

    private List<String> patterns(String module) {
        if (UNCONDITIONAL.contains(module) || module.equals(LOOP)) return List.of(ALWAYS);
        List<String> all = aliases.getOrDefault(module, List.of()).stream().filter(a -> !a.contains(" ")).sorted(Comparator.naturalOrder()).toList();
        // A driver of a whole PCI class (AHCI) needs no list of three hundred chips too.
        List<String> classes = all.stream().filter(a -> a.startsWith("pci:v*d*sv*sd*bc")).toList();
        return classes.isEmpty() ? all : classes;
    }

    /** Writes each listed module, ready to be loaded, as NAME.ko. */
    void write(Path into) throws IOException {
        Set<String> all = new LinkedHashSet<>();
        for (List<String> phase : PHASES.values()) {
            for (String module : phase) {
                if (paths.containsKey(module)) all.addAll(inOrder(module));
            }
        }
        for (String module : all.stream().sorted().toList()) {
            Path packed = tree.resolve(paths.get(module));
            Path file = into.resolve(module + ".ko");
            if (packed.toString().endsWith(".xz")) {
                Path copy = into.resolve(module + ".ko.xz");
                Files.copy(packed, copy);
                new Tool("xz", "-d", copy).run();
            } else {
                Files.copy(packed, file);
            }
            new Tool("strip", "--strip-debug", "-R", ".BTF", "-R", ".comment", file).run();
        }
    }
}
