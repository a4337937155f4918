package org.cloudos.units.engine;

import java.io.IOException;
import java.nio.file.DirectoryStream;
import java.nio.file.FileSystems;
import java.nio.file.Files;
import java.nio.file.LinkOption;
import java.nio.file.Path;
import java.nio.file.PathMatcher;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.function.Function;
import java.util.stream.Collectors;
import java.util.stream.Stream;
import org.cloudos.units.file.Entry;
import org.cloudos.units.file.Settings;
import org.cloudos.units.file.Values;
import org.cloudos.units.process.Capabilities;

/** {@code Condition…=} and {@code Assert…=}; systemd.unit(5) "Conditions and Asserts". */
final class Conditions {
    static final Conditions NONE = new Conditions(List.of());
    /** Those that can't be asked here count as fulfilled; the table of keys says so. */
    private static final List<String> KINDS = List.of("PathExists", "PathExistsGlob", "PathIsDirectory", "PathIsSymbolicLink", "PathIsMountPoint",
            "PathIsReadWrite", "DirectoryNotEmpty", "FileNotEmpty", "FileIsExecutable", "Architecture", "Virtualization", "Host", "KernelCommandLine",
            "KernelVersion", "Version", "Security", "Capability", "Memory", "CPUs", "Environment", "User", "Group", "ControlGroupController", "OSRelease",
            "FirstBoot", "NeedsUpdate", "ACPower", "CPUFeature", "Credential");

    /** @param key as it stands in a file */
    private record Kind(String key, String name, boolean assertion) { }

    private static final Map<String, Kind> KEYS = KINDS.stream().flatMap(k -> Stream.of(new Kind("Condition" + k, k, false), new Kind("Assert" + k, k, true)))
            .collect(Collectors.toUnmodifiableMap(Kind::key, k -> k));

    /** @param trigger {@code |}: one of those is enough. @param negate {@code !} */
    private record One(String kind, boolean assertion, String value, boolean trigger, boolean negate) { }

    private final List<One> all;

    private Conditions(List<One> all) {
        this.all = all;
    }

    static Conditions read(Settings settings) {
        List<One> all = new ArrayList<>();
        for (String key : settings.keys("Unit")) {
            Kind kind = KEYS.get(key);
            for (Entry entry : kind == null ? List.<Entry>of() : settings.entries("Unit", key)) {
                settings.attempt(entry, v -> one(kind.name(), kind.assertion(), v, settings.specifiers())).ifPresent(all::add);
            }
        }
        return all.isEmpty() ? NONE : new Conditions(List.copyOf(all));
    }

    private static One one(String kind, boolean assertion, String value, Function<String, String> specifiers) {
        String rest = value;
        boolean trigger = rest.startsWith("|");
        rest = trigger ? rest.substring(1).strip() : rest;
        boolean negate = rest.startsWith("!");
        rest = negate ? rest.substring(1).strip() : rest;
        return new One(kind, assertion, specifiers.apply(rest), trigger, negate);
    }

    /** What does not hold, in words; empty when the unit may be started. */
    Optional<String> unmet(World world, boolean assertions) {
        One missed = null;
        boolean triggers = false;
        boolean triggered = false;
        for (One one : all) {
            if (one.assertion() == assertions) {
                boolean holds = Facts.holds(one.kind(), one.value(), world) != one.negate();
                if (one.trigger()) {
                    triggers = true;
                    triggered |= holds;
                    missed = holds ? missed : one;
                } else if (!holds) {
                    return Optional.of(text(one));
                }
            }
        }
        return triggers && !triggered ? Optional.of(text(missed)) : Optional.empty();
    }

    private static String text(One one) {
        return (one.assertion() ? "Assert" : "Condition") + one.kind() + "=" + (one.negate() ? "!" : "") + one.value() + " does not hold";
    }

    /** Paths that match a shell pattern. */
    static List<Path> glob(String pattern) {
        if (!pattern.startsWith("/")) {
            return List.of();
        }
        List<Path> found = List.of(Path.of("/"));
        for (Path part : Path.of(pattern)) {
            List<Path> next = new ArrayList<>();
            String text = part.toString();
            boolean plain = text.chars().noneMatch(c -> "*?[{".indexOf(c) >= 0);
            for (Path folder : found) {
                if (plain) {
                    next.add(folder.resolve(text));
                } else {
                    children(folder, text, next);
                }
            }
            found = next;
        }
        return found.stream().filter(p -> Files.exists(p, LinkOption.NOFOLLOW_LINKS)).toList();
    }

    private static void children(Path folder, String pattern, List<Path> into) {
        PathMatcher matcher = FileSystems.getDefault().getPathMatcher("glob:" + pattern.replace("{", "\\{").replace("}", "\\}"));
        try (DirectoryStream<Path> all = Files.newDirectoryStream(folder)) {
            for (Path p : all) {
                boolean hidden = p.getFileName().toString().startsWith(".") && !pattern.startsWith(".");
                if (!hidden && matcher.matches(p.getFileName())) {
                    into.add(p);
                }
            }
        } catch (IOException | java.util.regex.PatternSyntaxException e) {
            // nothing there that matches
        }
    }

    /** Whether a folder has something in it. */
    static boolean notEmpty(Path folder) {
        try (DirectoryStream<Path> all = Files.newDirectoryStream(folder)) {
            return all.iterator().hasNext();
        } catch (IOException e) {
            return false;
        }
    }

    static long capability(String name) {
        return Capabilities.of(name);
    }

    static boolean truth(String value, boolean fact) {
        return Values.tryBool(value).map(wanted -> wanted == fact).orElse(true);
    }
}
