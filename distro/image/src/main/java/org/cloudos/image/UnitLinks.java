package org.cloudos.image;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.LinkOption;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.TreeSet;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import java.util.stream.Stream;

/** Enables units as {@code systemctl enable} does: the links that their section [Install] asks for (systemd.unit(5)). */
final class UnitLinks {
    private static final Path UNITS = Path.of("/usr/lib/systemd/system");
    private static final Pattern LINE = Pattern.compile("(WantedBy|RequiredBy|Alias|Also)\\s*=\\s*(.*)");
    private static final Pattern PROGRAM = Pattern.compile("Exec\\w+\\s*=\\s*([@:+!|-]*)(/[^\\s'\"]+).*");

    private final ImageTree tree;
    private final TreeSet<String> done = new TreeSet<>();

    UnitLinks(ImageTree tree) {
        this.tree = tree;
    }

    /** @throws ImageException when the unit is not there, or is a template without an instance */
    void enable(String unit, String who) throws IOException {
        if (!done.add(unit)) return;
        if (!unit.matches("[\\w:.@\\\\-]+\\.[a-z]+")) throw new ImageException(who + " enables '" + unit + "', which is no unit's name");
        String file = UNITS.resolve(unit).toString().substring(1);
        if (!tree.has(file)) throw new ImageException(who + " enables " + unit + ", and has no such unit in " + UNITS);
        if (unit.contains("@.")) return; // a template: which instances there shall be, the profile says
        Path masked = tree.at("etc/systemd/system/" + unit);
        if (Files.isSymbolicLink(masked) && Files.readSymbolicLink(masked).equals(Path.of("/dev/null"))) return;
        boolean install = false;
        for (String line : Files.readAllLines(tree.at(file))) {
            if (line.startsWith("[")) install = line.strip().equals("[Install]");
            Matcher matcher = LINE.matcher(line.strip());
            if (install && matcher.matches()) links(unit, matcher.group(1), matcher.group(2), who);
        }
    }

    private void links(String unit, String key, String values, String who) throws IOException {
        for (String value : values.split("\\s+")) {
            if (!value.matches("[\\w:.@\\\\-]+\\.[a-z]+")) continue;
            switch (key) {
                case "WantedBy" -> link(value + ".wants/" + unit, unit);
                case "RequiredBy" -> link(value + ".requires/" + unit, unit);
                case "Alias" -> link(value, unit);
                default -> enable(value, who);
            }
        }
    }

    private void link(String name, String unit) throws IOException {
        Path link = tree.at("etc/systemd/system/" + name);
        Trees.folders(link.getParent());
        if (!Files.exists(link, LinkOption.NOFOLLOW_LINKS)) Files.createSymbolicLink(link, UNITS.resolve(unit));
    }

    /** Programs that enabled units start and that the image lacks, in words. */
    List<String> missingPrograms() throws IOException {
        List<String> missing = new ArrayList<>();
        for (String unit : done) {
            List<String> lines = new ArrayList<>();
            for (String line : lines(unit)) {
                String key = line.strip();
                if (key.matches("Exec\\w+\\s*=")) lines.removeIf(l -> l.strip().startsWith(key)); // a drop-in begins anew
                else lines.add(line);
            }
            for (String line : lines) {
                Matcher matcher = PROGRAM.matcher(line.strip());
                if (matcher.matches() && !tree.has(ImageTree.normal(matcher.group(2)))) {
                    missing.add(unit + ": no program " + matcher.group(2) + " (" + line.strip().replaceFirst("=.*", "") + ")");
                }
            }
        }
        return missing;
    }

    /** Of the unit and its drop-ins. */
    private List<String> lines(String unit) throws IOException {
        List<String> lines = new ArrayList<>(Files.readAllLines(tree.at(UNITS.resolve(unit).toString().substring(1))));
        for (String folder : List.of("usr/lib/systemd/system/", "etc/systemd/system/")) {
            Path dropIns = tree.at(folder + unit + ".d");
            if (!Files.isDirectory(dropIns)) continue;
            try (Stream<Path> all = Files.list(dropIns)) {
                for (Path file : all.filter(f -> f.toString().endsWith(".conf")).sorted().toList()) lines.addAll(Files.readAllLines(file));
            }
        }
        return lines;
    }
}
