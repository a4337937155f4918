package org.cloudos.units.osgi;

import java.io.IOException;
import java.nio.channels.FileChannel;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardCopyOption;
import java.nio.file.StandardOpenOption;
import java.time.Instant;
import java.time.format.DateTimeParseException;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import org.cloudos.units.UnitDetails.Failure;

/** The last failure of each unit, kept over boots: a line {@code UNIT TAB TIME TAB RESULT TAB DETAIL} each, replaced as a whole. */
final class Failures {
    private static final int MOST = 500;

    private final Path file;
    private Map<String, Failure> kept = Map.of(); // guarded by this

    Failures(Path file) {
        this.file = file;
    }

    /** A line that can't be read is left out. */
    synchronized Map<String, Failure> load() {
        Map<String, Failure> all = new LinkedHashMap<>();
        try {
            for (String line : Files.exists(file) ? Files.readAllLines(file) : List.<String>of()) {
                String[] f = line.split("\t", -1);
                if (f.length == 4) {
                    try {
                        all.put(f[0], new Failure(Instant.parse(f[1]), f[2], f[3]));
                    } catch (DateTimeParseException e) {
                        continue;
                    }
                }
            }
        } catch (IOException e) {
            return Map.of();
        }
        kept = all;
        return all;
    }

    synchronized void save(Map<String, Failure> now) throws IOException {
        if (now.equals(kept)) {
            return;
        }
        StringBuilder text = new StringBuilder();
        now.entrySet().stream().limit(MOST).forEach(e -> text.append(e.getKey()).append('\t').append(e.getValue().at()).append('\t')
                .append(plain(e.getValue().result()))
                .append('\t').append(plain(e.getValue().detail())).append('\n'));
        Files.createDirectories(file.getParent());
        Path fresh = file.resolveSibling(file.getFileName() + ".new");
        Files.writeString(fresh, text, StandardCharsets.UTF_8);
        try (FileChannel channel = FileChannel.open(fresh, StandardOpenOption.WRITE)) {
            channel.force(true);
        }
        Files.move(fresh, file, StandardCopyOption.ATOMIC_MOVE, StandardCopyOption.REPLACE_EXISTING);
        kept = Map.copyOf(now);
    }

    private static String plain(String text) {
        return text.replaceAll("[\\t\\n\\r]", " ");
    }
}
