package org.cloudos.units.engine;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.LinkOption;
import java.nio.file.Path;
import java.util.Arrays;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.function.LongPredicate;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import java.util.stream.Collectors;
import org.cloudos.units.file.Values;
import org.cloudos.units.process.Accounts;

/** Whether what a condition says is so on this machine. */
final class Facts {
    private static final Pattern COMPARISON = Pattern.compile("\\s*(<=|>=|<|>|=|!=)?\\s*(\\S+)\\s*");

    private Facts() { }

    static boolean holds(String kind, String value, World world) {
        try {
            return switch (kind) {
                case "PathExists" -> Files.exists(Path.of(value));
                case "PathExistsGlob" -> !Conditions.glob(value).isEmpty();
                case "PathIsDirectory" -> Files.isDirectory(Path.of(value));
                case "PathIsSymbolicLink" -> Files.isSymbolicLink(Path.of(value));
                case "PathIsMountPoint" -> Mounts.isMountPoint(value);
                case "PathIsReadWrite" -> Files.exists(Path.of(value)) && !Files.getFileStore(Path.of(value)).isReadOnly();
                case "DirectoryNotEmpty" -> Conditions.notEmpty(Path.of(value));
                case "FileNotEmpty" -> Files.isRegularFile(Path.of(value)) && Files.size(Path.of(value)) > 0;
                case "FileIsExecutable" -> Files.isRegularFile(Path.of(value)) && Files.isExecutable(Path.of(value));
                case "Architecture" -> value.equals("native") || value.equals(world.facts().get('a'));
                case "Virtualization" -> virtualization(value);
                case "Host" -> matches(value, world.facts().get('H')) || value.equals(world.facts().get('m'));
                case "KernelCommandLine" -> commandLine(value);
                case "KernelVersion", "Version" -> version(value.startsWith("kernel") ? value.substring(6) : value, world.facts().get('v'));
                case "Capability" -> (status("CapBnd", 16) & Conditions.capability(value)) != 0;
                case "Memory" -> compare(value, n -> true, memory());
                case "CPUs" -> compare(value, n -> true, Runtime.getRuntime().availableProcessors());
                case "Environment" -> environment(value);
                case "User" -> user(value, world.accounts());
                case "Group" -> world.accounts().group(value).filter(g -> groups().contains(g)).isPresent();
                case "ControlGroupController" -> value.equals("v2") || value.equals("v1")
                        ? value.equals("v2") == world.cgroups().isPresent() : Arrays.stream(value.split("\\s+"))
                                .allMatch(c -> world.cgroups().map(g -> g.controllers().contains(c)).orElse(false));
                case "OSRelease" -> osRelease(value);
                case "CPUFeature" -> cpuInfo("flags").contains(value.toLowerCase(java.util.Locale.ROOT));
                case "FirstBoot" -> Conditions.truth(value, false);
                case "ACPower" -> Conditions.truth(value, true);
                case "NeedsUpdate", "Credential" -> false;
                case "Security" -> security(value);
                default -> true;
            };
        } catch (IOException | IllegalArgumentException e) {
            return false;
        }
    }

    private static boolean security(String value) {
        return switch (value) {
            case "selinux" -> Files.isDirectory(Path.of("/sys/fs/selinux/class"));
            case "apparmor" -> Files.isDirectory(Path.of("/sys/kernel/security/apparmor/policy"));
            case "uefi-secureboot", "tpm2", "ima", "smack", "tomoyo", "audit", "cvm", "measured-uki" -> false;
            default -> false;
        };
    }

    private static boolean matches(String pattern, String text) {
        String regex = Arrays.stream(pattern.split("(?<=[*?])|(?=[*?])")).map(p -> p.equals("*") ? ".*" : p.equals("?") ? "." : Pattern.quote(p))
                .collect(Collectors.joining());
        return text != null && text.matches(regex);
    }

    private static boolean virtualization(String value) throws IOException {
        boolean container = Files.exists(Path.of("/run/systemd/container")) || Files.exists(Path.of("/.dockerenv"))
                || Files.exists(Path.of("/run/.containerenv"));
        boolean vm = cpuInfo("flags").contains("hypervisor");
        return switch (value) {
            case "container" -> container;
            case "vm" -> vm && !container;
            case "private-users" -> false;
            case "docker" -> Files.exists(Path.of("/.dockerenv"));
            case "kvm", "qemu" -> vm && read("/sys/class/dmi/id/sys_vendor").contains("QEMU");
            default -> Conditions.truth(value, vm || container) && Values.tryBool(value).isPresent();
        };
    }

    private static List<String> cpuInfo(String key) throws IOException {
        try (var lines = Files.lines(Path.of("/proc/cpuinfo"))) {
            return lines.filter(l -> l.startsWith(key)).findFirst().map(l -> List.of(l.substring(l.indexOf(':') + 1).trim().split(" "))).orElse(List.of());
        }
    }

    private static boolean commandLine(String value) throws IOException {
        for (String word : read("/proc/cmdline").split("\\s+")) {
            if (word.equals(value) || !value.contains("=") && word.startsWith(value + "=")) {
                return true;
            }
        }
        return false;
    }

    private static boolean compare(String value, LongPredicate any, long fact) {
        Matcher m = COMPARISON.matcher(value);
        if (!m.matches()) {
            return any.test(fact);
        }
        long wanted = Values.size(m.group(2));
        return switch (m.group(1) == null ? ">=" : m.group(1)) {
            case "<" -> fact < wanted;
            case "<=" -> fact <= wanted;
            case "=" -> fact == wanted;
            case "!=" -> fact != wanted;
            case ">" -> fact > wanted;
            default -> fact >= wanted;
        };
    }

    private static boolean version(String value, String fact) {
        for (String word : value.trim().split("\\s+")) {
            Matcher m = COMPARISON.matcher(word);
            boolean bare = !m.matches() || m.group(1) == null;
            int order = bare ? 0 : compareVersions(fact, m.group(2));
            boolean holds = bare ? matches(word, fact) : switch (m.group(1)) {
                case "<" -> order < 0;
                case "<=" -> order <= 0;
                case ">" -> order > 0;
                case ">=" -> order >= 0;
                case "!=" -> order != 0;
                default -> order == 0;
            };
            if (!holds) {
                return false;
            }
        }
        return true;
    }

    static int compareVersions(String a, String b) {
        String[] x = a.split("[.\\-+]");
        String[] y = b.split("[.\\-+]");
        for (int i = 0; i < Math.min(x.length, y.length); i++) {
            boolean numbers = x[i].matches("\\d{1,9}") && y[i].matches("\\d{1,9}");
            int order = numbers ? Integer.compare(Integer.parseInt(x[i]), Integer.parseInt(y[i])) : x[i].compareTo(y[i]);
            if (order != 0) {
                return order;
            }
        }
        return Integer.compare(x.length, y.length);
    }

    private static boolean environment(String value) {
        int equals = value.indexOf('=');
        return equals < 0 ? System.getenv(value) != null : value.substring(equals + 1).equals(System.getenv(value.substring(0, equals)));
    }

    private static boolean user(String value, Accounts accounts) throws IOException {
        long uid = status("Uid", 10);
        return value.equals("@system") ? uid < 1000 : accounts.user(value).filter(u -> u.uid() == uid).isPresent();
    }

    private static List<Long> groups() {
        try {
            return Files.readAllLines(Path.of("/proc/self/status")).stream().filter(l -> l.startsWith("Groups:") || l.startsWith("Gid:"))
                    .flatMap(l -> Arrays.stream(l.substring(l.indexOf(':') + 1).trim().split("\\s+"))).filter(g -> !g.isEmpty()).map(Long::parseLong).toList();
        } catch (IOException e) {
            return List.of();
        }
    }

    private static boolean osRelease(String value) throws IOException {
        Matcher m = Pattern.compile("([A-Z_]+)\\s*(<=|>=|!=|<|>|=)\\s*(.*)").matcher(value);
        if (!m.matches()) {
            return false;
        }
        Map<String, String> facts = Files.readAllLines(Path.of("/etc/os-release")).stream().filter(l -> l.contains("="))
                .collect(Collectors.toMap(l -> l.substring(0, l.indexOf('=')), l -> l.substring(l.indexOf('=') + 1).replace("\"", ""), (x, y) -> y));
        String fact = Optional.ofNullable(facts.get(m.group(1))).orElse("");
        int order = compareVersions(fact, m.group(3).replace("\"", ""));
        return switch (m.group(2)) {
            case "=" -> order == 0;
            case "!=" -> order != 0;
            case "<" -> order < 0;
            case "<=" -> order <= 0;
            case ">" -> order > 0;
            default -> order >= 0;
        };
    }

    private static long memory() throws IOException {
        Matcher m = Pattern.compile("MemTotal:\\s*(\\d+)").matcher(read("/proc/meminfo"));
        return m.find() ? Long.parseLong(m.group(1)) * 1024 : 0;
    }

    private static long status(String key, int radix) throws IOException {
        for (String line : Files.readAllLines(Path.of("/proc/self/status"))) {
            if (line.startsWith(key + ":")) {
                return Long.parseLong(line.substring(key.length() + 1).trim().split("\\s+")[0], radix);
            }
        }
        return 0;
    }

    static String read(String file) {
        try {
            return Files.exists(Path.of(file), LinkOption.NOFOLLOW_LINKS) ? Files.readString(Path.of(file)) : "";
        } catch (IOException e) {
            return "";
        }
    }
}
