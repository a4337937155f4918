package org.cloudos.units.engine;

import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Set;
import org.cloudos.units.Finding.Severity;
import org.cloudos.units.file.Entry;
import org.cloudos.units.file.Settings;
import org.cloudos.units.file.Words;
import org.cloudos.units.process.Bpf;
import org.cloudos.units.process.Errno;
import org.cloudos.units.process.Launch;
import org.cloudos.units.process.SystemCalls;

/** Keys that become filters of system calls. On processors other than x86-64 there are none, which is told. */
final class CallFilters {
    private static final Map<String, Integer> FAMILIES = Map.ofEntries(Map.entry("AF_UNIX", 1), Map.entry("AF_INET", 2), Map.entry("AF_AX25", 3),
            Map.entry("AF_IPX", 4), Map.entry("AF_INET6", 10), Map.entry("AF_KEY", 15), Map.entry("AF_NETLINK", 16), Map.entry("AF_PACKET", 17),
            Map.entry("AF_RDS", 21), Map.entry("AF_PPPOX", 24), Map.entry("AF_CAN", 29), Map.entry("AF_TIPC", 30), Map.entry("AF_BLUETOOTH", 31),
            Map.entry("AF_ALG", 38), Map.entry("AF_VSOCK", 40), Map.entry("AF_QIPCRTR", 42), Map.entry("AF_XDP", 44), Map.entry("AF_LOCAL", 1));
    private static final Map<String, Integer> NAMESPACES = Map.of("cgroup", 0x02000000, "ipc", 0x08000000, "mnt", 0x00020000, "net", 0x40000000,
            "pid", 0x20000000, "user", 0x10000000, "uts", 0x04000000);
    private static final List<String> KEYS = List.of("SystemCallFilter", "SystemCallArchitectures", "SystemCallLog", "RestrictAddressFamilies",
            "RestrictNamespaces",
            "RestrictRealtime", "RestrictSUIDSGID", "MemoryDenyWriteExecute", "LockPersonality", "PrivateDevices", "ProtectKernelModules", "ProtectKernelLogs",
            "ProtectClock", "ProtectHostname", "ProtectKernelTunables");
    private static final int EPERM = 1;
    private static final int ENOSYS = 38;
    private static final int ALL_ONES = 0xffffffff;

    private final Settings settings;
    private final String section;
    private List<String> made;

    CallFilters(Settings settings, String section) {
        this.settings = settings;
        this.section = section;
    }

    private static boolean possible() {
        return System.getProperty("os.arch").equals("amd64");
    }

    void check() {
        if (!possible()) {
            KEYS.stream().filter(k -> settings.has(section, k)).forEach(k -> settings.find(Severity.UNPROTECTED, k,
                    "filters of system calls are made for x86-64 alone so far, so this protection is missing here"));
        } else if (KEYS.stream().anyMatch(k -> settings.has(section, k))) {
            make();
        }
    }

    /** @return whether there are filters */
    boolean describe(Launch launch) {
        if (!possible()) {
            return false;
        }
        if (made == null) {
            make();
        }
        made.forEach(f -> launch.add("seccomp", f));
        return !made.isEmpty();
    }

    private void make() {
        List<String> filters = new ArrayList<>();
        families(filters);
        List<Bpf.Rule> rules = new ArrayList<>();
        namespaces(rules, filters);
        arguments(rules);
        if (!rules.isEmpty()) {
            filters.add(Bpf.refuse(rules, EPERM, Bpf.KILL));
        }
        if (on("LockPersonality")) {
            filters.add(Bpf.refuseOther(call("personality"), 0, List.of(0, ALL_ONES), EPERM));
        }
        sets(filters);
        if (settings.words(section, "SystemCallArchitectures").stream().anyMatch(w -> w.equals("native") || w.equals("x86-64"))) {
            filters.add(Bpf.nativeOnly());
        }
        userFilter(filters);
        made = filters;
    }

    private boolean on(String key) {
        return settings.get(section, key, v -> v).map(v -> !v.equals("no") && org.cloudos.units.file.Values.tryBool(v).orElse(true)).orElse(false);
    }

    private static int call(String name) {
        return SystemCalls.number(name).orElseThrow();
    }

    private void families(List<String> filters) {
        List<String> words = settings.words(section, "RestrictAddressFamilies");
        if (words.isEmpty()) {
            return;
        }
        boolean deny = words.getFirst().startsWith("~");
        List<Integer> numbers = new ArrayList<>();
        for (String word : words) {
            String name = word.startsWith("~") ? word.substring(1) : word;
            Integer number = FAMILIES.get(name);
            if (number != null) {
                numbers.add(number);
            } else if (!name.equals("none") && !name.isEmpty()) {
                settings.find(Severity.WARNING, "RestrictAddressFamilies", "expected families such as AF_INET, found " + name + "; it is left out");
            }
        }
        filters.add(Bpf.families(numbers, !deny, call("socket")));
    }

    private void namespaces(List<Bpf.Rule> rules, List<String> filters) {
        String value = settings.text(section, "RestrictNamespaces", "no");
        boolean all = org.cloudos.units.file.Values.tryBool(value).orElse(false);
        if (org.cloudos.units.file.Values.tryBool(value).isPresent() && !all) {
            return;
        }
        boolean deny = value.startsWith("~");
        List<String> named = Words.split(deny ? value.substring(1) : value);
        for (Map.Entry<String, Integer> one : NAMESPACES.entrySet()) {
            if (all || deny == named.contains(one.getKey())) {
                int flag = one.getValue();
                rules.add(new Bpf.Rule(call("clone"), 0, flag, flag));
                rules.add(new Bpf.Rule(call("unshare"), 0, flag, flag));
                rules.add(new Bpf.Rule(call("setns"), 1, flag, flag));
            }
        }
        rules.add(new Bpf.Rule(call("setns"), 1, ALL_ONES, 0)); // any kind
        // Its flags lie in memory, where a filter can't look; programs then use clone(2).
        filters.add(Bpf.calls(Map.of(call("clone3"), Bpf.errno(ENOSYS)), Bpf.ALLOW, Bpf.KILL));
    }

    private void arguments(List<Bpf.Rule> rules) {
        if (on("RestrictRealtime")) {
            for (int policy : new int[] {1, 2, 6}) {
                rules.add(new Bpf.Rule(call("sched_setscheduler"), 1, 0x3fffffff, policy));
            }
        }
        if (on("RestrictSUIDSGID") || settings.bool(section, "DynamicUser", false)) {
            for (int bit : new int[] {04000, 02000}) {
                Map.of("chmod", 1, "fchmod", 1, "fchmodat", 2, "fchmodat2", 2, "mkdir", 1, "mkdirat", 2, "mknod", 1, "mknodat", 2, "creat", 1)
                        .forEach((name, argument) -> rules.add(new Bpf.Rule(call(name), argument, bit, bit)));
                rules.add(new Bpf.Rule(call("open"), 2, bit, bit));
                rules.add(new Bpf.Rule(call("openat"), 3, bit, bit));
            }
        }
        if (on("MemoryDenyWriteExecute")) {
            rules.add(new Bpf.Rule(call("mmap"), 2, 6, 6));
            rules.add(new Bpf.Rule(call("mprotect"), 2, 4, 4));
            rules.add(new Bpf.Rule(call("pkey_mprotect"), 2, 4, 4));
            rules.add(new Bpf.Rule(call("shmat"), 2, 0100000, 0100000));
        }
    }

    /** Sets of calls that other keys take away. */
    private void sets(List<String> filters) {
        Map<String, List<String>> taken = Map.of("PrivateDevices", List.of("@raw-io"), "ProtectKernelModules", List.of("@module"),
                "ProtectKernelLogs", List.of("syslog"),
                "ProtectClock", List.of("@clock"), "ProtectHostname", List.of("sethostname", "setdomainname"), "ProtectKernelTunables", List.of("_sysctl"));
        Map<Integer, Integer> denied = new java.util.TreeMap<>();
        taken.forEach((key, names) -> {
            if (on(key)) {
                names.forEach(n -> SystemCalls.named(n).orElse(Set.of()).forEach(c -> denied.put(c, Bpf.errno(EPERM))));
            }
        });
        if (!denied.isEmpty()) {
            filters.add(Bpf.calls(denied, Bpf.ALLOW, Bpf.KILL));
        }
    }

    private void userFilter(List<String> filters) {
        List<List<String>> lines = new ArrayList<>();
        for (Entry entry : settings.entries(section, "SystemCallFilter")) {
            settings.attempt(entry, Words::split).filter(w -> !w.isEmpty()).ifPresent(lines::add);
        }
        if (lines.isEmpty()) {
            return;
        }
        int error = settings.get(section, "SystemCallErrorNumber", v -> v.equals("kill") ? 0 : Errno.number(v)).orElse(0);
        try {
            filters.add(SystemCalls.filter(lines, Math.max(0, error), name -> settings.find(Severity.WARNING, "SystemCallFilter",
                    "expected system calls and sets such as @system-service, found " + name + "; it is left out")));
        } catch (IllegalArgumentException e) {
            settings.find(Severity.UNPROTECTED, "SystemCallFilter", e.getMessage() + "; there is no filter");
        }
    }
}
