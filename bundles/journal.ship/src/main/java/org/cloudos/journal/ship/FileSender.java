package org.cloudos.journal.ship;

import java.io.BufferedWriter;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardCopyOption;
import java.nio.file.StandardOpenOption;
import java.util.List;
import org.cloudos.journal.Entry;
import org.cloudos.journal.JsonLine;

/** JSON lines in a file; a full one becomes {@code FILE.1}, that {@code FILE.2} and so on, the last goes. */
final class FileSender implements Sender {
    private final Path file;
    private final long maxBytes;
    private final int files;

    FileSender(Path file, long maxBytes, int files) {
        this.file = file;
        this.maxBytes = maxBytes;
        this.files = files;
    }

    @Override public long send(List<Entry> entries) throws IOException {
        if (file.getParent() != null) {
            Files.createDirectories(file.getParent());
        }
        if (Files.exists(file) && Files.size(file) >= maxBytes) {
            rotate();
        }
        StringBuilder lines = new StringBuilder();
        for (Entry e : entries) {
            JsonLine.append(lines, e);
            lines.append('\n');
        }
        try (BufferedWriter out = Files.newBufferedWriter(file, StandardCharsets.UTF_8, StandardOpenOption.CREATE, StandardOpenOption.APPEND)) {
            out.append(lines);
        }
        return 0;
    }

    private void rotate() throws IOException {
        for (int i = files - 1; i > 0; i--) {
            Path from = i == 1 ? file : numbered(i - 1);
            if (Files.exists(from)) {
                Files.move(from, numbered(i), StandardCopyOption.REPLACE_EXISTING);
            }
        }
        if (files == 1) {
            Files.delete(file);
        }
    }

    private Path numbered(int number) {
        return file.resolveSibling(file.getFileName() + "." + number);
    }

    @Override public void disconnect() {
        // Opened for each batch.
    }
}
