package org.cloudos.units.process;

import java.io.BufferedReader;
import java.io.IOException;
import java.io.InputStreamReader;
import java.io.UncheckedIOException;
import java.nio.charset.StandardCharsets;
import java.util.HashMap;
import java.util.HashSet;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;

/** System calls of x86-64 by name, and the sets that {@code SystemCallFilter=} knows. Read when a unit first has a filter. */
public final class SystemCalls {
    private static final Map<String, Integer> NUMBERS = new HashMap<>();
    private static final Map<String, List<String>> SETS = new HashMap<>();

    static {
        lines("calls-x86_64.txt").forEach(l -> NUMBERS.put(l.getFirst(), Integer.parseInt(l.get(1))));
        lines("call-sets.txt").forEach(l -> SETS.put(l.getFirst(), l.subList(1, l.size())));
    }

    private SystemCalls() { }

    private static List<List<String>> lines(String resource) {
        try (BufferedReader in = new BufferedReader(new InputStreamReader(SystemCalls.class.getResourceAsStream(resource), StandardCharsets.UTF_8))) {
            return in.lines().filter(l -> !l.isBlank() && !l.startsWith("#")).map(l -> List.of(l.split("\\s+"))).toList();
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }

    /** A call's number. */
    public static Optional<Integer> number(String name) {
        return Optional.ofNullable(NUMBERS.get(name));
    }

    /** Numbers of what a word of a filter names: a call, or a set; calls that this processor has not are left out. Empty: no such name. */
    public static Optional<Set<Integer>> named(String word) {
        if (word.equals("@known")) {
            return Optional.of(Set.copyOf(NUMBERS.values()));
        }
        List<String> set = SETS.get(word);
        if (set != null) {
            Set<Integer> all = new HashSet<>();
            set.forEach(w -> named(w).ifPresent(all::addAll));
            return Optional.of(all);
        }
        return word.startsWith("@") ? Optional.empty() : number(word).map(Set::of)
                .or(() -> SETS.values().stream().anyMatch(s -> s.contains(word)) ? Optional.of(Set.of()) : Optional.empty());
    }

    /**
     * A filter of {@code SystemCallFilter=} lines, assembled. systemd.exec(5): the first word decides between a list of what is allowed and
     * one ({@code ~}) of what is not; later lines add or take away.
     *
     * @param error  what a call that isn't allowed gets: an error number, or 0 for the process's end
     * @param unknown is told of names that are none
     */
    public static String filter(List<List<String>> lines, int error, java.util.function.Consumer<String> unknown) {
        boolean allow = !lines.getFirst().getFirst().startsWith("~");
        Map<Integer, Integer> listed = new LinkedHashMap<>();
        int denied = error == 0 ? Bpf.KILL : Bpf.errno(error);
        if (allow) {
            named("@default").orElseThrow().forEach(n -> listed.put(n, Bpf.ALLOW));
        }
        for (List<String> line : lines) {
            boolean inverse = line.getFirst().startsWith("~");
            for (String given : line) {
                String word = given.startsWith("~") ? given.substring(1) : given;
                String[] parts = word.split(":", 2);
                if (parts[0].isEmpty()) {
                    continue;
                }
                int verdict = inverse ? parts.length > 1 ? verdict(parts[1]) : denied : Bpf.ALLOW;
                boolean adds = allow != inverse;
                Set<Integer> calls = named(parts[0]).orElseGet(() -> {
                    unknown.accept(parts[0]);
                    return Set.of();
                });
                for (int call : calls) {
                    if (adds || parts.length > 1) {
                        listed.put(call, verdict);
                    } else {
                        listed.remove(call);
                    }
                }
            }
        }
        return Bpf.calls(listed, allow ? denied : Bpf.ALLOW, Bpf.KILL);
    }

    private static int verdict(String text) {
        int number = Errno.number(text);
        if (text.equals("kill")) {
            return Bpf.KILL;
        }
        if (number < 0) {
            throw new IllegalArgumentException("expected an error such as EPERM, or kill, found " + text);
        }
        return Bpf.errno(number);
    }}
