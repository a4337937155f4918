package org.cloudos.units.engine;

import java.io.IOException;
import java.nio.file.FileAlreadyExistsException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.attribute.PosixFilePermissions;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.List;
import java.util.Optional;
import java.util.Set;
import java.util.stream.Collectors;
import java.util.stream.Stream;
import org.cloudos.units.Finding.Severity;
import org.cloudos.units.file.Settings;
import org.cloudos.units.file.Values;
import org.cloudos.units.file.Words;
import org.cloudos.units.process.Capabilities;
import org.cloudos.units.process.Launch;

/** What a service may see and do: systemd.exec(5) "Capabilities", "Security", "Sandboxing". System calls are {@link CallFilters}'. */
final class Sandbox {
    private static final List<String> MOUNTS = List.of("ProtectSystem", "ProtectHome", "ReadOnlyPaths", "ReadWritePaths", "InaccessiblePaths",
            "ReadOnlyDirectories",
            "ReadWriteDirectories", "InaccessibleDirectories", "TemporaryFileSystem", "BindPaths", "BindReadOnlyPaths", "PrivateTmp", "PrivateDevices",
            "ProtectKernelTunables", "ProtectKernelModules", "ProtectKernelLogs", "ProtectControlGroups", "ProtectProc", "ProcSubset", "NoExecPaths",
                    "PrivateMounts");
    private static final List<String> NAMESPACES = List.of("PrivateNetwork", "PrivateIPC", "PrivateUsers", "ProtectHostname", "CapabilityBoundingSet",
            "AmbientCapabilities", "DynamicUser",
            "RootDirectory");

    /** All that {@link #describe} asks for but for filters: most services have none of it. */
    private static final Set<String> ASKED = Stream.of(MOUNTS, NAMESPACES, List.of("ExecPaths", "ProtectClock", "SecureBits", "MountAPIVFS"))
            .flatMap(List::stream).collect(Collectors.toUnmodifiableSet());
    private static final List<String> DYNAMIC = List.of("PrivateTmp", "RestrictSUIDSGID", "NoNewPrivileges", "RemoveIPC");

    private final World world;
    private final Settings settings;
    private final String section;
    private final StateFolders state;
    private final String unit;
    private final CallFilters filters;

    Sandbox(World world, Settings settings, String section, StateFolders state, String unit) {
        this.world = world;
        this.settings = settings;
        this.section = section;
        this.state = state;
        this.unit = unit;
        this.filters = new CallFilters(settings, section);
    }

    void check() {
        filters.check();
        capabilities("CapabilityBoundingSet", Capabilities.ALL);
        capabilities("AmbientCapabilities", Capabilities.ALL);
        paths("ReadOnlyPaths");
        if (!world.privileged()) {
            Stream.concat(MOUNTS.stream(), NAMESPACES.stream()).filter(k -> settings.has(section, k) && !isOff(k))
                    .forEach(k -> settings.find(Severity.UNPROTECTED, k, "this system does not run as root, so this protection is missing"));
        }
    }

    private boolean isOff(String key) {
        return settings.get(section, key, v -> v).flatMap(Values::tryBool).map(on -> !on).orElse(false);
    }

    private boolean on(String key) {
        Optional<String> value = settings.get(section, key, v -> v);
        return value.isPresent() ? !value.get().equals("no") && Values.tryBool(value.get()).orElse(true) : dynamic(key);
    }

    /** systemd.exec(5): what a dynamic user implies. */
    private boolean dynamic(String key) {
        return DYNAMIC.contains(key) && settings.bool(section, "DynamicUser", false);
    }

    void describe(Launch launch, boolean otherUser) {
        if (world.privileged() && settings.hasAny(section, ASKED)) {
            mounts(launch);
            namespaces(launch);
            rights(launch);
        }
        boolean filtered = filters.describe(launch);
        // Without rights a filter needs a process that can't gain any.
        if (on("NoNewPrivileges") || filtered && (otherUser || !world.privileged())) {
            launch.add("nnp", 1);
        }
    }

    private void namespaces(Launch launch) {
        if (on("PrivateNetwork")) {
            launch.add("net", "private");
        }
        if (on("PrivateIPC")) {
            launch.add("ipc", "private");
        }
        if (on("PrivateUsers")) {
            launch.add("users", "private");
        }
        if (on("ProtectHostname")) {
            launch.add("hostname", "private");
        }
    }

    private Optional<Long> capabilities(String key, long start) {
        boolean emptied = settings.emptied(section, key);
        if (!settings.has(section, key)) {
            return emptied ? Optional.of(0L) : Optional.empty(); // set to nothing: none at all
        }
        List<List<String>> lines = new ArrayList<>();
        settings.entries(section, key).forEach(e -> settings.attempt(e, v -> {
            List<String> words = Words.split(v);
            Capabilities.set(List.of(words), start);
            return words;
        }).ifPresent(lines::add));
        return lines.isEmpty() ? Optional.empty() : Optional.of(Capabilities.set(lines, emptied ? 0 : start));
    }

    private void rights(Launch launch) {
        long bounding = capabilities("CapabilityBoundingSet", Capabilities.ALL).orElse(Capabilities.ALL);
        bounding &= on("PrivateDevices") ? ~(Capabilities.of("CAP_MKNOD") | Capabilities.of("CAP_SYS_RAWIO")) : Capabilities.ALL;
        bounding &= on("ProtectKernelModules") ? ~Capabilities.of("CAP_SYS_MODULE") : Capabilities.ALL;
        bounding &= on("ProtectKernelLogs") ? ~Capabilities.of("CAP_SYSLOG") : Capabilities.ALL;
        bounding &= on("ProtectClock") ? ~(Capabilities.of("CAP_SYS_TIME") | Capabilities.of("CAP_WAKE_ALARM")) : Capabilities.ALL;
        if (bounding != Capabilities.ALL) {
            launch.add("bounding", Long.toHexString(bounding));
        }
        long ambient = capabilities("AmbientCapabilities", Capabilities.ALL).orElse(0L);
        if (ambient != 0) {
            launch.add("ambient", Long.toHexString(ambient));
        }
        settings.list(section, "SecureBits", v -> Words.split(v).stream().map(Sandbox::bit).toList()).stream().reduce((a, b) -> a | b)
                .ifPresent(bits -> launch.add("securebits", bits));
    }

    private static Integer bit(String word) {
        int index = List.of("noroot", "noroot-locked", "no-setuid-fixup", "no-setuid-fixup-locked", "keep-caps", "keep-caps-locked").indexOf(word);
        if (index < 0) {
            throw new IllegalArgumentException("expected secure bits such as noroot, found " + word);
        }
        return 1 << index;
    }

    // File system

    /** A path with what happens to it; {@code -} may be missing, {@code +} is below the root folder. */
    private record View(String op, String path, String argument) {
        int depth() {
            return (int) path.chars().filter(c -> c == '/').count() - (path.equals("/") ? 1 : 0);
        }
    }

    private String inRoot(String path) {
        String root = settings.get(section, "RootDirectory", v -> Values.path(settings.specifiers().apply(v))).orElse("");
        boolean optional = path.startsWith("-");
        String plain = path.replaceFirst("^-?\\+?", "");
        return (optional ? "-" : "") + (root.isEmpty() || root.equals("/") ? plain : root + plain);
    }

    private List<String> paths(String key) {
        return settings.list(section, key, v -> Words.split(v).stream().map(settings.specifiers())
                .map(w -> w.replaceFirst("^-?\\+?", "").isEmpty() ? "/" : (w.startsWith("-") ? "-" : "") + Values.path(w.replaceFirst("^-?\\+?", "")))
                        .toList());
    }

    private void mounts(Launch launch) {
        List<View> views = new ArrayList<>();
        protectSystem(views);
        protectHome(views);
        kernel(views);
        for (String old : List.of("Paths", "Directories")) {
            paths("ReadOnly" + old).forEach(p -> views.add(new View("ro", p, "")));
            paths("ReadWrite" + old).forEach(p -> views.add(new View("rw", p, "")));
            paths("Inaccessible" + old).forEach(p -> views.add(new View("hide", p, "")));
        }
        paths("NoExecPaths").forEach(p -> views.add(new View("noexec", p, "")));
        paths("ExecPaths").forEach(p -> views.add(new View("exec", p, "")));
        boolean readOnly = views.stream().anyMatch(v -> v.op().equals("ro"));
        if (readOnly) {
            state.writable().forEach(p -> views.add(new View("rw", "-" + p, "")));
        }
        binds(launch, views);
        // Folders before what is in them: the more special one has the last word.
        views.sort(Comparator.comparingInt(View::depth));
        views.forEach(v -> launch.mount(v.argument().isEmpty() ? new String[] {v.op(), inRoot(v.path())} : new String[] {v.op(), inRoot(v.path()),
                v.argument()}));
        if (views.isEmpty() && on("PrivateMounts")) {
            launch.mount("private");
        }
    }

    private void binds(Launch launch, List<View> views) {
        boolean api = settings.has(section, "RootDirectory") && settings.bool(section, "MountAPIVFS", settings.has(section, "RootDirectory"));
        if (api) {
            List.of("/proc", "/sys", "/dev").forEach(p -> launch.mount("rbind", "-" + p, inRoot(p)));
        }
        for (String line : settings.list(section, "TemporaryFileSystem", v -> Words.split(v).stream().map(settings.specifiers()).toList())) {
            String[] parts = line.split(":", 2);
            views.add(new View("tmpfs", Values.path(parts[0]), parts.length > 1 ? parts[1].replaceAll("(^|,)(ro|rw|nosuid|nodev|noexec|strictatime)(?=,|$)", "")
                    .replaceFirst("^,", "") + (parts[1].contains("mode=") ? "" : ",mode=0755") : "mode=0755"));
        }
        if (on("PrivateTmp")) {
            for (Path folder : privateTmp()) {
                launch.mount("bind", folder.toString(), inRoot(folder.toString().contains("-var-tmp-") ? "/var/tmp" : "/tmp"));
            }
        }
        if (on("PrivateDevices")) {
            launch.mount("dev");
        }
        Optional<String> hide = settings.get(section, "ProtectProc", v -> List.of("noaccess", "invisible", "ptraceable", "default").contains(v) ? v : null)
                .filter(v -> !v.equals("default"));
        boolean subset = settings.text(section, "ProcSubset", "all").equals("pid");
        if (hide.isPresent() || subset) {
            launch.mount("proc", hide.map(h -> "hidepid=" + h).orElse("") + (hide.isPresent() && subset ? "," : "") + (subset ? "subset=pid" : ""));
        }
        bind(launch, "BindPaths", false);
        bind(launch, "BindReadOnlyPaths", true);
    }

    private void bind(Launch launch, String key, boolean readOnly) {
        for (String line : settings.list(section, key, v -> Words.split(v).stream().map(settings.specifiers()).toList())) {
            boolean optional = line.startsWith("-");
            String[] parts = (optional ? line.substring(1) : line).split(":");
            String from = Values.path(parts[0]);
            String to = Values.path(parts.length > 1 ? parts[1] : parts[0]);
            boolean flat = parts.length > 2 && parts[2].equals("norbind");
            launch.mount(flat ? "bind" : "rbind", (optional ? "-" : "") + from, inRoot(to));
            if (readOnly) {
                launch.mount("ro", (optional ? "-" : "") + inRoot(to));
            }
        }
    }

    private void protectSystem(List<View> views) {
        String how = settings.text(section, "ProtectSystem", settings.bool(section, "DynamicUser", false) ? "strict" : "no");
        if (how.equals("strict")) {
            views.add(new View("ro", "/", ""));
            List.of("/dev", "/proc", "/sys").forEach(p -> views.add(new View("rw", "-" + p, "")));
            if (on("PrivateTmp")) {
                List.of("/tmp", "/var/tmp").forEach(p -> views.add(new View("rw", "-" + p, "")));
            }
        } else if (how.equals("full") || Values.tryBool(how).orElse(false)) {
            List.of("/usr", "/boot", "/efi").forEach(p -> views.add(new View("ro", "-" + p, "")));
            if (how.equals("full")) {
                views.add(new View("ro", "-/etc", ""));
            }
        }
    }

    private void protectHome(List<View> views) {
        String how = settings.text(section, "ProtectHome", settings.bool(section, "DynamicUser", false) ? "read-only" : "no");
        String op = how.equals("read-only") ? "ro" : how.equals("tmpfs") ? "tmpfs" : Values.tryBool(how).orElse(false) ? "hide" : "";
        if (!op.isEmpty()) {
            List.of("/home", "/root", "/run/user").forEach(p -> views.add(new View(op, "-" + p, op.equals("tmpfs") ? "mode=0755" : "")));
        }
    }

    private void kernel(List<View> views) {
        if (on("ProtectKernelTunables")) {
            List.of("/proc/sys", "/proc/sysrq-trigger", "/proc/latency_stats", "/proc/acpi", "/proc/timer_stats", "/proc/fs", "/proc/irq", "/proc/bus",
                    "/sys").forEach(p -> views.add(new View("ro", "-" + p, "")));
            List.of("/proc/kallsyms", "/proc/kcore").forEach(p -> views.add(new View("hide", "-" + p, "")));
        } else if (on("ProtectControlGroups")) {
            views.add(new View("ro", "-/sys/fs/cgroup", ""));
        }
        if (on("ProtectKernelModules")) {
            List.of("/usr/lib/modules").forEach(p -> views.add(new View("hide", "-" + p, "")));
        }
        if (on("ProtectKernelLogs")) {
            List.of("/proc/kmsg", "/dev/kmsg").forEach(p -> views.add(new View("hide", "-" + p, "")));
        }
        if (on("ProtectClock")) {
            List.of("/dev/rtc0", "/dev/rtc").forEach(p -> views.add(new View("hide", "-" + p, "")));
        }
    }

    // /tmp of its own

    private List<Path> privateTmp() {
        String name = "cloudos-private-" + unit;
        return Stream.of(Path.of("/tmp", name, "tmp"), Path.of("/var/tmp", name.replace("private-", "private-var-tmp-"), "tmp"))
                .filter(p -> Files.isDirectory(p.getParent().getParent())).toList();
    }

    /** Makes what {@code PrivateTmp=} binds. Others can't look in: the folder around it is root's. */
    void make() {
        if (!world.privileged() || !on("PrivateTmp")) {
            return;
        }
        clear();
        for (Path folder : privateTmp()) {
            try {
                Files.createDirectory(folder.getParent(), PosixFilePermissions.asFileAttribute(PosixFilePermissions.fromString("rwx------")));
                Files.createDirectory(folder);
                Files.setAttribute(folder, "unix:mode", 01777);
            } catch (FileAlreadyExistsException e) {
                // there since an earlier command of the unit
            } catch (IOException e) {
                throw new ExecSettings.ExecException(226, "PrivateTmp=: " + e.getMessage());
            }
        }
    }

    void clear() {
        if (world.privileged() && on("PrivateTmp")) {
            privateTmp().forEach(p -> StateFolders.delete(p.getParent()));
        }
    }
}
