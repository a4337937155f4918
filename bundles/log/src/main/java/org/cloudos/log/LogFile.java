package org.cloudos.log;

import java.io.FileOutputStream;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardCopyOption;

/**
 * A file of bounded size. When it is full it becomes {@code NAME.1}, what was {@code NAME.1} becomes {@code NAME.2},
 * and so on; the last one goes. A medium that is full or fails costs lines, never more: how many is written down when
 * it works again. Thread-safe.
 */
final class LogFile {
    private final Path file;
    private final long maxBytes;
    private final int files;
    private FileOutputStream out; // guarded by this
    private long size;            // guarded by this
    private long lost;            // guarded by this

    /** @param files how many to keep, the one that is written included */
    LogFile(Path file, long maxBytes, int files) {
        this.file = file;
        this.maxBytes = maxBytes;
        this.files = files;
    }

    synchronized void write(String text) {
        try {
            byte[] bytes = text.getBytes(StandardCharsets.UTF_8);
            open();
            if (size > 0 && size + bytes.length > maxBytes) {
                rotate();
            }
            if (lost > 0) {
                put((lost + " entries were lost: the file could not be written\n").getBytes(StandardCharsets.UTF_8));
                lost = 0;
            }
            put(bytes);
        } catch (IOException e) {
            if (lost++ == 0) {
                System.err.println("cloudos: the log is not written to " + file + ": " + e);
            }
            close();
        }
    }

    private void put(byte[] bytes) throws IOException {
        out.write(bytes);
        size += bytes.length;
    }

    private void open() throws IOException {
        if (out == null) {
            Files.createDirectories(file.getParent());
            out = new FileOutputStream(file.toFile(), true);
            size = Files.size(file); // not by a channel, which an interrupt would close
        }
    }

    private void rotate() throws IOException {
        close();
        for (int i = files - 1; i > 0; i--) {
            Path from = i == 1 ? file : numbered(i - 1);
            if (Files.exists(from)) {
                Files.move(from, numbered(i), StandardCopyOption.REPLACE_EXISTING);
            }
        }
        open();
    }

    private Path numbered(int number) {
        return file.resolveSibling(file.getFileName() + "." + number);
    }

    synchronized void close() {
        try {
            if (out != null) {
                out.close();
            }
        } catch (IOException e) {
            lost++;
        } finally {
            out = null;
        }
    }
}
