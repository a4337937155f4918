package org.cloudos.units.engine;

import java.util.Map;
import java.util.Set;

/** How a process ended; siginfo of waitid(2). @param code 1 exited, 2 killed, 3 dumped, 0 unknown. @param status exit code or signal */
record Exit(int code, int status) {
    static final int EXITED = 1;
    private static final int KILLED = 2;
    private static final int DUMPED = 3;
    private static final Set<Integer> CLEAN_SIGNALS = Set.of(1, 2, 13, 15);
    private static final Map<Integer, String> STEPS = Map.ofEntries(Map.entry(200, "CHDIR"), Map.entry(201, "NICE"), Map.entry(202, "FDS"),
            Map.entry(203, "EXEC"),
            Map.entry(204, "MEMORY"), Map.entry(205, "LIMITS"), Map.entry(206, "OOM_ADJUST"), Map.entry(207, "SIGNAL_MASK"), Map.entry(208, "STDIN"),
            Map.entry(209, "STDOUT"), Map.entry(210, "CHROOT"), Map.entry(211, "IOPRIO"), Map.entry(212, "TIMERSLACK"), Map.entry(213, "SECUREBITS"),
            Map.entry(214, "SETSCHEDULER"), Map.entry(215, "CPUAFFINITY"), Map.entry(216, "GROUP"), Map.entry(217, "USER"), Map.entry(218, "CAPABILITIES"),
            Map.entry(219, "CGROUP"), Map.entry(220, "SETSID"), Map.entry(222, "STDERR"), Map.entry(225, "NETWORK"), Map.entry(226, "NAMESPACE"),
            Map.entry(227, "NO_NEW_PRIVILEGES"), Map.entry(228, "SECCOMP"), Map.entry(230, "PERSONALITY"));

    static Exit exited(int status) {
        return new Exit(EXITED, status);
    }

    boolean normal() {
        return code == EXITED;
    }

    /** systemd.service(5) "SuccessExitStatus=". @param daemon signals that end daemons count as success */
    boolean clean(boolean daemon, ExitSet also) {
        if (code == 0) {
            return true; // not our child: nobody knows
        }
        return normal() ? status == 0 || also.codes().contains(status) : code == KILLED && (daemon && CLEAN_SIGNALS.contains(status) || also.signals()
                .contains(status));
    }

    boolean in(ExitSet set) {
        return code != 0 && (normal() ? set.codes() : set.signals()).contains(status);
    }

    /** The unit's result. */
    String result() {
        return normal() ? "exit-code" : code == DUMPED ? "core-dump" : "signal";
    }

    /** As {@code code=exited, status=1}. */
    String text() {
        if (code == 0) {
            return "code=unknown";
        }
        String name = normal() ? STEPS.containsKey(status) ? status + "/" + STEPS.get(status) : Integer.toString(status) : status + "/" + Signals.name(status);
        return "code=" + (normal() ? "exited" : code == DUMPED ? "dumped" : "killed") + ", status=" + name;
    }

    /** Exit codes and signals of {@code SuccessExitStatus=} and the like. */
    record ExitSet(Set<Integer> codes, Set<Integer> signals) {
        static final ExitSet NONE = new ExitSet(Set.of(), Set.of());

        static ExitSet parse(java.util.List<String> words) {
            Set<Integer> codes = new java.util.HashSet<>();
            Set<Integer> signals = new java.util.HashSet<>();
            for (String word : words) {
                if (word.matches("\\d{1,3}")) {
                    codes.add(Integer.parseInt(word));
                } else if (Signals.number(word) > 0) {
                    signals.add(Signals.number(word));
                } else {
                    codes.add(code(word));
                }
            }
            return new ExitSet(codes, signals);
        }

        private static int code(String word) {
            Map<String, Integer> named = Map.ofEntries(Map.entry("SUCCESS", 0), Map.entry("FAILURE", 1), Map.entry("INVALIDARGUMENT", 2),
                    Map.entry("NOTIMPLEMENTED", 3),
                    Map.entry("NOPERMISSION", 4), Map.entry("NOTINSTALLED", 5), Map.entry("NOTCONFIGURED", 6), Map.entry("NOTRUNNING", 7),
                            Map.entry("USAGE", 64),
                    Map.entry("DATAERR", 65), Map.entry("NOINPUT", 66), Map.entry("NOUSER", 67), Map.entry("NOHOST", 68), Map.entry("UNAVAILABLE", 69),
                    Map.entry("SOFTWARE", 70), Map.entry("OSERR", 71), Map.entry("OSFILE", 72), Map.entry("CANTCREAT", 73), Map.entry("IOERR", 74),
                    Map.entry("TEMPFAIL", 75), Map.entry("PROTOCOL", 76), Map.entry("NOPERM", 77), Map.entry("CONFIG", 78));
            Integer code = named.get(word);
            return code != null ? code : STEPS.entrySet().stream().filter(e -> e.getValue().equals(word)).map(Map.Entry::getKey).findFirst()
                    .orElseThrow(() -> new IllegalArgumentException("expected exit codes and signals, found " + word));
        }
    }
}
