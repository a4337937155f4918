package org.cloudos.units.process;

import java.io.IOException;
import java.nio.file.DirectoryStream;
import java.nio.file.FileAlreadyExistsException;
import java.nio.file.Files;
import java.nio.file.LinkOption;
import java.nio.file.NoSuchFileException;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.stream.Stream;

/** Control groups of version 2 (cgroups(7)) below a folder of ours. Thread-safe. */
public final class Cgroups {
    private static final List<String> WANTED = List.of("cpu", "memory", "io", "pids", "cpuset");

    private final Path base;
    private final List<String> controllers;

    private Cgroups(Path base, List<String> controllers) {
        this.base = base;
        this.controllers = List.copyOf(controllers);
    }

    /**
     * Makes our folder where this process may.
     *
     * @param name of the folder, below the control group that this process is in
     * @return empty where there is no such file system, or no right to it
     */
    public static Optional<Cgroups> open(String name) {
        try {
            Optional<Path> mount = mount(Files.readAllLines(Path.of("/proc/self/mountinfo")));
            Optional<String> own = Files.readAllLines(Path.of("/proc/self/cgroup")).stream().filter(l -> l.startsWith("0::/"))
                    .map(l -> l.substring(4)).findFirst();
            if (mount.isEmpty() || own.isEmpty()) {
                return Optional.empty();
            }
            Path parent = mount.get().resolve(own.get());
            Path base = parent.resolve(name);
            removeBelow(base);
            List<String> enabled = enable(parent);
            if (!Files.isDirectory(base)) {
                Files.createDirectory(base);
            }
            if (!Files.isWritable(base.resolve("cgroup.procs"))) {
                return Optional.empty();
            }
            enabled.retainAll(enable(base));
            return Optional.of(new Cgroups(base, enabled));
        } catch (IOException | SecurityException e) {
            return Optional.empty();
        }
    }

    static Optional<Path> mount(List<String> mountInfo) {
        for (String line : mountInfo) {
            String[] parts = line.split(" - ", 2);
            String[] fields = parts[0].split(" ");
            if (parts.length == 2 && parts[1].startsWith("cgroup2 ") && fields.length > 4) {
                return Optional.of(Path.of(fields[4].replace("\\040", " ")));
            }
        }
        return Optional.empty();
    }

    /** Lets children of a group have limits; what is refused (other processes in the group, no controller) is left out. */
    private static List<String> enable(Path group) throws IOException {
        List<String> there = List.of(Files.readString(group.resolve("cgroup.controllers")).strip().split(" "));
        List<String> enabled = new ArrayList<>();
        for (String controller : WANTED) {
            if (there.contains(controller) && write(group.resolve("cgroup.subtree_control"), "+" + controller)) {
                enabled.add(controller);
            }
        }
        return enabled;
    }

    private static boolean write(Path file, String text) {
        try {
            Files.writeString(file, text);
            return true;
        } catch (IOException e) {
            return false;
        }
    }

    /** The controllers that limits can use. */
    public List<String> controllers() {
        return controllers;
    }

    /** Those that limits would need and that are not there. */
    public List<String> missing() {
        return WANTED.stream().filter(c -> !controllers.contains(c)).toList();
    }

    /** Makes a unit's group. @param slices names from the root down, such as system.slice. @return its folder */
    public Path make(List<String> slices, String unit) throws IOException {
        Path at = base;
        for (String slice : slices) {
            at = at.resolve(slice);
        }
        Path group = at.resolve(unit);
        try {
            return Files.createDirectory(group); // as nearly always
        } catch (FileAlreadyExistsException e) {
            removeBelow(group);
        } catch (NoSuchFileException e) {
            makeSlices(slices);
        }
        return Files.isDirectory(group) ? group : Files.createDirectory(group);
    }

    private void makeSlices(List<String> slices) throws IOException {
        Path at = base;
        for (String slice : slices) {
            at = at.resolve(slice);
            if (!Files.isDirectory(at)) {
                Files.createDirectories(at);
                enable(at);
            }
        }
    }

    /** Sets a limit. @return false where the kernel has no such file here, or refuses the value */
    public static boolean limit(Path group, String file, String value) {
        Path target = group.resolve(file);
        return Files.exists(target, LinkOption.NOFOLLOW_LINKS) && write(target, value);
    }

    /** A number from one of the group's files; -1 where there is none. @param key of a line, or null for a file that is a number */
    public static long read(Path group, String file, String key) {
        try (Stream<String> lines = Files.lines(group.resolve(file))) {
            return lines.filter(l -> key == null || l.startsWith(key + " ")).map(l -> key == null ? l : l.substring(key.length() + 1))
                    .filter(l -> isNumber(l)).mapToLong(Long::parseLong).findFirst().orElse(-1);
        } catch (IOException | java.io.UncheckedIOException e) {
            return -1;
        }
    }

    private static boolean isNumber(String text) {
        return !text.isEmpty() && text.chars().allMatch(c -> c >= '0' && c <= '9');
    }

    /** Whether the kernel ended a process of it for want of memory. */
    public static boolean ranOutOfMemory(Path group) {
        return read(group, "memory.events", "oom_kill") > 0;
    }

    /** The processes in a group and those below it. */
    public static List<Long> processes(Path group) {
        List<Long> all = new ArrayList<>();
        collect(group, all);
        return all;
    }

    private static void collect(Path group, List<Long> all) {
        try {
            Files.readString(group.resolve("cgroup.procs")).lines().map(Long::valueOf).filter(pid -> pid > 0).forEach(all::add);
            int folders = (Integer) Files.getAttribute(group, "unix:nlink") - 2; // its name, its dot, and the dots-dots of those below
            if (folders > 0) {
                try (DirectoryStream<Path> below = Files.newDirectoryStream(group, Files::isDirectory)) {
                    below.forEach(b -> collect(b, all));
                }
            }
        } catch (IOException | NumberFormatException e) {
            // gone meanwhile
        }
    }

    /** Removes a group that is empty, and those below it. @return whether it is gone */
    public static boolean remove(Path group) {
        removeBelow(group);
        return !Files.exists(group);
    }

    /** Kills what a run before this one left. */
    private static void removeBelow(Path group) {
        try (DirectoryStream<Path> all = Files.newDirectoryStream(group, Files::isDirectory)) {
            all.forEach(Cgroups::removeBelow);
        } catch (IOException e) {
            return;
        }
        try {
            Files.deleteIfExists(group);
        } catch (IOException e) {
            write(group.resolve("cgroup.kill"), "1");
        }
    }

    /** Removes our folder. */
    public void close() {
        removeBelow(base);
    }
}
