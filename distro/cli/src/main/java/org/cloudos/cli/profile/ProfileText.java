package org.cloudos.cli.profile;

import aQute.lib.utf8properties.UTF8Properties;
import aQute.libg.reporter.ReporterAdapter;
import java.io.File;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Properties;
import org.cloudos.cli.Failure;
import org.cloudos.cli.NearestName;

/**
 * A profile's file with what it includes laid under it: what the including file says wins.
 *
 * @param file    the profile itself
 * @param files   it and all that it includes
 * @param merged  all properties
 * @param own     the keys that the file itself has, not those that it includes
 */
public record ProfileText(Path file, List<Path> files, Properties merged, List<String> own) {
    private static final String INCLUDE = "-include";

    /**
     * Reads a profile.
     *
     * @param profiles folder of the profiles that can be included by their name
     */
    public static ProfileText read(Path file, Path profiles) {
        Reader reader = new Reader(profiles);
        reader.read(file.toAbsolutePath().normalize(), new ArrayList<>());
        return new ProfileText(file, List.copyOf(reader.done), reader.merged, List.copyOf(reader.own));
    }

    private static final class Reader {
        private final Path profiles;
        private final List<Path> done = new ArrayList<>();
        private final Properties merged = new UTF8Properties();
        private List<String> own = List.of();

        Reader(Path profiles) {
            this.profiles = profiles;
        }

        void read(Path file, List<Path> chain) {
            if (chain.contains(file)) {
                throw new Failure("Profile " + name(chain.getFirst()) + " includes itself: " + path(chain, file),
                        "Take the -include out of one of them");
            }
            List<Path> here = new ArrayList<>(chain);
            here.add(file);
            Properties text = load(file, chain);
            for (String include : list(text.getProperty(INCLUDE))) {
                read(locate(include, file), here);
            }
            text.remove(INCLUDE);
            pathsToAbsolute(text, file);
            merged.putAll(text);
            done.remove(file);
            done.add(file);
            if (chain.isEmpty()) {
                own = text.stringPropertyNames().stream().sorted().toList();
            }
        }

        /** An include is a profile's name, or a path from the including file; a leading ~ or - is bnd's, allowed. */
        private Path locate(String include, Path from) {
            String plain = include.replaceFirst("^[~-]\\s*", "").replace("${cloudos}", profiles.getParent().toString())
                    .replace("${.}", from.getParent().toString());
            boolean isName = !plain.contains("/") && !plain.endsWith(".bndrun");
            Path near = from.resolveSibling(isName ? plain + ".bndrun" : plain).normalize();
            return isName && !Files.exists(near) ? profiles.resolve(plain + ".bndrun").normalize() : near;
        }

        private Properties load(Path file, List<Path> chain) {
            String text;
            try {
                text = Files.readString(file);
            } catch (java.nio.file.NoSuchFileException e) {
                throw missing(file, chain);
            } catch (IOException e) {
                throw new Failure("Can't read the profile " + file, e);
            }
            return parse(text, file);
        }

        private Failure missing(Path file, List<Path> chain) {
            String who = chain.isEmpty() ? "There is no profile " + file
                    : name(chain.getLast()) + " includes " + file + ", and there is no such file.";
            return new Failure(who + NearestName.question(name(file), names(profiles)),
                    "Profiles that come with CloudOS: " + String.join(", ", names(profiles)));
        }

        private static String path(List<Path> chain, Path again) {
            List<String> names = new ArrayList<>(chain.subList(chain.indexOf(again), chain.size()).stream()
                    .map(ProfileText::name).toList());
            names.add(name(again));
            return String.join(" -> ", names);
        }

        private static void pathsToAbsolute(Properties text, Path file) {
            for (String key : text.stringPropertyNames()) {
                if (key.matches("(" + Profile.FOLDER + "|" + Profile.FILES + "|" + Profile.SETUP + "|" + Profile.ROOT + ")(\\..*)?")) {
                    List<String> absolute = list(text.getProperty(key)).stream()
                            .map(folder -> file.resolveSibling(folder).normalize().toString()).toList();
                    text.setProperty(key, String.join(",", absolute));
                }
            }
        }
    }

    /** Parses one file's text; a fault is told with its line. */
    static Properties parse(String text, Path file) {
        Map<String, Integer> lines = keyLines(text, file);
        UTF8Properties properties = new UTF8Properties();
        ReporterAdapter reporter = new ReporterAdapter();
        try {
            properties.load(text, file.toFile(), reporter);
        } catch (IOException e) {
            throw new Failure("Can't read the profile " + file, e);
        }
        if (!reporter.getErrors().isEmpty()) {
            String first = reporter.getErrors().getFirst();
            var at = reporter.getLocation(first);
            throw syntax(file, at == null ? 0 : at.line + 1, first);
        }
        for (String key : properties.stringPropertyNames()) {
            check(key, properties.getProperty(key), file, lines.getOrDefault(key, 0));
        }
        return properties;
    }

    private static void check(String key, String value, Path file, int line) {
        if (!key.startsWith("-")) {
            return;
        }
        String stem = key.replaceFirst("\\+$", "").replaceFirst("\\..*", "");
        boolean known = key.startsWith("-cloudos.")
                ? Profile.OURS.stream().anyMatch(k -> key.equals(k) || key.startsWith(k + "."))
                : key.startsWith("-resolve") || Profile.BND.contains(stem);
        if (!known) {
            List<String> all = new ArrayList<>(Profile.BND);
            all.addAll(Profile.OURS);
            throw syntax(file, line, "a profile has no instruction '" + key + "'."
                    + NearestName.question(key, all));
        }
        if (!quotesClose(value)) {
            throw syntax(file, line, key + ": a quote is not closed");
        }
        ReporterAdapter reporter = new ReporterAdapter();
        var unused = new aQute.bnd.header.Parameters(value, reporter);
        if (!reporter.getErrors().isEmpty()) {
            throw syntax(file, line, key + ": " + reporter.getErrors().getFirst());
        }
    }

    private static boolean quotesClose(String value) {
        char open = 0;
        for (int i = 0; i < value.length(); i++) {
            char c = value.charAt(i);
            if (open == 0 ? c == '\'' || c == '"' : c == open) {
                open = open == 0 ? c : 0;
            } else if (c == '\\') {
                i++;
            }
        }
        return open == 0;
    }

    private static Failure syntax(Path file, int line, String what) {
        return new Failure(file + (line > 0 ? ", line " + line : "") + ": " + what,
                "docs/profiles.md shows what a profile can say");
    }

    /** The line that each key stands on; a line that is no key, comment or continuation is a fault. */
    private static Map<String, Integer> keyLines(String text, Path file) {
        Map<String, Integer> lines = new LinkedHashMap<>();
        String[] all = text.split("\n", -1);
        boolean continued = false;
        for (int i = 0; i < all.length; i++) {
            String line = all[i].strip();
            if (!continued && !line.isEmpty() && !line.startsWith("#") && !line.startsWith("!")) {
                String key = line.split("[:=\\s]", 2)[0];
                if (key.length() == line.length() && !line.endsWith("\\")) {
                    throw syntax(file, i + 1, "expected 'instruction: value', found '" + line + "'");
                }
                if (lines.putIfAbsent(key, i + 1) != null) {
                    throw syntax(file, i + 1, key + " is there twice, first in line " + lines.get(key)
                            + "; write " + key + ".SOMETHING to add to it");
                }
            }
            continued = line.endsWith("\\") && !(line.startsWith("#") && !continued);
        }
        return lines;
    }

    static List<String> list(String value) {
        if (value == null || value.isBlank()) {
            return List.of();
        }
        return java.util.Arrays.stream(value.split(",")).map(String::strip).filter(s -> !s.isEmpty()).toList();
    }

    /** The first sentence of the comment that the file begins with. */
    public String about() {
        try {
            String first = Files.readAllLines(file).stream().filter(line -> line.startsWith("#")).findFirst().orElse("");
            return first.replaceFirst("^#\\s*", "");
        } catch (IOException e) {
            throw new Failure("Can't read the profile " + file, e);
        }
    }

    /** A profile is named as its file. */
    public static String name(Path file) {
        return file.getFileName().toString().replaceFirst("\\.bndrun$", "");
    }

    /** Names of the profiles in a folder. */
    public static List<String> names(Path profiles) {
        File[] files = profiles.toFile().listFiles((dir, name) -> name.endsWith(".bndrun"));
        return files == null ? List.of()
                : java.util.Arrays.stream(files).map(f -> name(f.toPath())).sorted().toList();
    }
}
