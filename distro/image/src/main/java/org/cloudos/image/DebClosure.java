package org.cloudos.image;

import java.util.ArrayDeque;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.Deque;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.TreeMap;

/**
 * Which of the downloaded packages an image takes: those that are named and what they need at run time. What only
 * installs and configures packages stays out, since nothing is installed or configured in an image.
 */
final class DebClosure {
    /** Needed by maintainer scripts alone; a profile that wants one in the image names it. */
    private static final Set<String> INSTALLERS = Set.of("adduser", "base-passwd", "cdebconf", "debconf", "debconf-2.0", "dpkg",
            "init-system-helpers", "logrotate", "lsb-base", "passwd", "perl-base", "sensible-utils", "systemd", "systemd-standalone-sysusers",
            "systemd-standalone-tmpfiles", "systemd-sysusers", "systemd-tmpfiles", "sysvinit-utils", "ucf");

    /** A package and who asked for it; {@code by} is empty for one that the profile names. */
    record Taken(DebControl control, String by) {
        String name() {
            return control.deb().name();
        }
    }

    /** Has the locale C.UTF-8, which services are started with: redis-server ends when it is not there. */
    static final String LOCALE = "libc-bin";

    private DebClosure() { }

    static List<Taken> of(List<DebControl> downloaded, Additions additions) throws ImageException {
        Map<String, List<DebControl>> byName = new TreeMap<>();
        for (DebControl control : downloaded) {
            for (String name : control.names()) byName.computeIfAbsent(name, n -> new ArrayList<>()).add(control);
        }
        Map<String, Taken> taken = new LinkedHashMap<>();
        Deque<DebControl> open = new ArrayDeque<>();
        for (String name : additions.packages()) {
            List<DebControl> found = byName.getOrDefault(name, List.of());
            if (found.isEmpty()) throw new ImageException("Debian " + AptRoot.SUITE + " has no package " + name);
            DebControl control = found.stream().filter(c -> c.deb().name().equals(name)).findFirst().orElse(found.getFirst());
            if (taken.putIfAbsent(control.deb().name(), new Taken(control, "")) == null) open.add(control);
        }
        for (DebControl control : additions.without().contains(LOCALE) ? List.<DebControl>of() : byName.getOrDefault(LOCALE, List.of())) {
            if (taken.putIfAbsent(LOCALE, new Taken(control, "services, for C.UTF-8")) == null) open.add(control);
        }
        while (!open.isEmpty()) {
            DebControl control = open.remove();
            for (List<String> alternatives : control.depends()) {
                for (DebControl needed : needed(alternatives, byName, additions)) {
                    if (taken.putIfAbsent(needed.deb().name(), new Taken(needed, control.deb().name())) == null) open.add(needed);
                }
            }
        }
        return taken.values().stream().sorted(Comparator.comparing(Taken::name)).toList();
    }

    /** The first alternative that was downloaded: apt's own choice. Nothing when it is left out. */
    private static List<DebControl> needed(List<String> alternatives, Map<String, List<DebControl>> byName, Additions additions) {
        for (String name : alternatives) {
            if (additions.without().contains(name) || INSTALLERS.contains(name)) return List.of();
            List<DebControl> found = byName.getOrDefault(name, List.of());
            for (DebControl control : found) {
                boolean out = additions.without().contains(control.deb().name()) || INSTALLERS.contains(control.deb().name());
                return out ? List.of() : List.of(control);
            }
        }
        return List.of();
    }
}
