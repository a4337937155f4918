package org.cloudos.cli.profile;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.stream.Collectors;
import org.cloudos.cli.Failure;

/** Writes the locked list into a profile's file, in place of the one that it has; the rest stays as it is. */
public final class LockedList {
    private LockedList() { }

    /** The instruction as it stands in the file. */
    static String text(List<Profile.LockedBundle> bundles) {
        return bundles.stream().map(b -> "\t" + b.symbolicName() + ";version='" + b.version() + "'")
                .collect(Collectors.joining(",\\\n", "-runbundles: \\\n", "\n"));
    }

    /** A profile's text with this list. */
    static String replace(String profile, List<Profile.LockedBundle> bundles) {
        List<String> kept = new ArrayList<>();
        boolean inside = false;
        int at = -1;
        for (String line : profile.split("\n", -1)) {
            boolean begins = line.matches("-runbundles\\s*[:=].*");
            if (begins || inside) {
                at = begins ? kept.size() : at;
                inside = line.stripTrailing().endsWith("\\");
            } else {
                kept.add(line);
            }
        }
        if (at < 0) {
            while (!kept.isEmpty() && kept.getLast().isBlank()) {
                kept.removeLast();
            }
            kept.add("");
            kept.add("# Made by ./cloudos profile resolve");
            at = kept.size();
            kept.add("");
        }
        kept.add(at, text(bundles).stripTrailing());
        return String.join("\n", kept);
    }

    /** Writes it. */
    public static void write(Path file, List<Profile.LockedBundle> bundles) {
        try {
            Path making = file.resolveSibling(file.getFileName() + ".new");
            Files.writeString(making, replace(Files.readString(file), bundles));
            Files.move(making, file, java.nio.file.StandardCopyOption.REPLACE_EXISTING);
        } catch (IOException e) {
            throw new Failure("Can't write the locked list into " + file, e);
        }
    }
}
