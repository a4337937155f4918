package org.cloudos.metrics.history;

import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.channels.FileChannel;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardOpenOption;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.regex.Pattern;
import java.util.stream.Stream;

/**
 * Appends ticks to files, a new one every so many ticks, and removes the oldest. How many ticks are kept is counted, not
 * read from the clock: one that jumps costs nothing. Used by one thread.
 */
final class TickLog implements AutoCloseable {
    private static final Pattern NAME = Pattern.compile("ticks-(\\d{9})");
    /** Ticks between two writes to the medium. */
    private static final int SYNC = 6;

    private final Path folder;
    private final int ticksPerFile;
    private final int files;
    private final long maxBytes;
    private final Map<SeriesKey, Integer> ids = new HashMap<>();
    private final TickCodec codec = new TickCodec();
    private double[] row = new double[256];
    private ByteBuffer buffer = ByteBuffer.allocate(64 << 10);
    private FileChannel channel;
    private int ticks;
    private long time;
    private long good; // where the last whole tick ended

    /**
     * @param ticksPerFile after which a new file is begun
     * @param files        that are kept besides the newest
     * @param maxBytes     of all files; the oldest go
     */
    TickLog(Path folder, int ticksPerFile, int files, long maxBytes) {
        this.folder = folder;
        this.ticksPerFile = ticksPerFile;
        this.files = files;
        this.maxBytes = maxBytes;
    }

    /** Files that are there, oldest first. */
    static List<Path> files(Path folder) throws IOException {
        if (!Files.isDirectory(folder)) {
            return List.of();
        }
        try (Stream<Path> all = Files.list(folder)) {
            return all.filter(f -> NAME.matcher(f.getFileName().toString()).matches()).sorted().toList();
        }
    }

    /** Bytes of all files. */
    static long bytes(List<Path> files) {
        return files.stream().mapToLong(f -> f.toFile().length()).sum();
    }

    /**
     * Appends a tick.
     *
     * @throws IOException when it could not be written; the next one begins anew
     */
    void append(long at, Map<SeriesKey, Double> values) throws IOException {
        try {
            if (channel == null || ticks >= ticksPerFile || ids.size() > 2 * values.size() + 1000) {
                begin();
            }
            buffer.clear();
            List<SeriesKey> fresh = new ArrayList<>();
            fill(values, fresh);
            for (SeriesKey key : fresh) {
                ensure(payloadBound(key) + 16);
                ByteBuffer payload = ByteBuffer.allocate(payloadBound(key));
                TickFile.series(payload, key);
                TickFile.record(buffer, TickFile.SERIES, payload.flip());
            }
            ByteBuffer payload = ByteBuffer.allocate(codec.room());
            long delta = at - time;
            TickCodec.varint(payload, delta << 1 ^ delta >> 63);
            codec.encode(row, payload);
            ensure(payload.position() + 16);
            TickFile.record(buffer, TickFile.TICK, payload.flip());
            write();
            time = at;
            if (++ticks % SYNC == 0) {
                channel.force(false);
            }
        } catch (IOException e) {
            abandon();
            throw e;
        }
    }

    private void fill(Map<SeriesKey, Double> values, List<SeriesKey> fresh) {
        if (row.length < ids.size() + values.size()) {
            row = new double[(ids.size() + values.size()) * 2];
        }
        Arrays.fill(row, TickCodec.ABSENT);
        values.forEach((key, value) -> {
            Integer id = ids.get(key);
            if (id == null) {
                id = ids.size();
                ids.put(key, id);
                codec.add();
                fresh.add(key);
            }
            row[id] = value;
        });
    }

    private static int payloadBound(SeriesKey key) {
        int bound = 32 + key.name().length() * 3;
        for (var label : key.labels()) {
            bound += 16 + 3 * (label.getName().length() + label.getValue().length());
        }
        return bound;
    }

    private void ensure(int more) {
        if (buffer.remaining() < more) {
            buffer = ByteBuffer.allocate(Math.max(buffer.capacity() * 2, buffer.position() + more)).put(buffer.flip());
        }
    }

    private void write() throws IOException {
        buffer.flip();
        while (buffer.hasRemaining()) {
            channel.write(buffer);
        }
        good = channel.position();
    }

    /** Goes on in the newest file when it has room for more ticks, else begins one. */
    private void begin() throws IOException {
        close();
        Files.createDirectories(folder);
        List<Path> there = files(folder);
        Path newest = there.isEmpty() ? null : there.getLast();
        TickFile.Span span = newest == null ? null : span(newest);
        if (span == null || span.ticks() >= ticksPerFile) {
            int number = newest == null ? 1 : Integer.parseInt(newest.getFileName().toString().substring(6)) + 1;
            newest = folder.resolve(String.format("ticks-%09d", number));
            span = new TickFile.Span(0, 0, 0, 0);
        }
        channel = FileChannel.open(newest, StandardOpenOption.CREATE, StandardOpenOption.WRITE);
        channel.truncate(span.good()).position(span.good());
        ids.clear();
        codec.reset();
        time = 0;
        ticks = span.ticks();
        buffer.clear();
        if (span.good() == 0) {
            buffer.put(TickFile.MAGIC);
        }
        TickFile.record(buffer, TickFile.RESET, ByteBuffer.allocate(0));
        write();
        prune();
    }

    /** What is in the newest file; null when nothing can be made of it. */
    private static TickFile.Span span(Path file) {
        try {
            return TickFile.read(file, new TickFile.Visitor() {
                @Override public void series(SeriesKey key) { }

                @Override public boolean tick(long time, TickCodec values) {
                    return true;
                }
            });
        } catch (IOException e) {
            return null;
        }
    }

    private void prune() throws IOException {
        List<Path> there = new ArrayList<>(files(folder));
        while (there.size() > 1 && (there.size() > files + 1 || bytes(there) > maxBytes)) {
            Files.deleteIfExists(there.removeFirst());
        }
    }

    /** Takes back what was written of a tick, so that readers don't meet half of it. */
    private void abandon() {
        try (FileChannel gone = channel) {
            if (gone != null && gone.isOpen()) {
                gone.truncate(good);
            }
        } catch (IOException e) {
            // The next begin cuts it off.
        }
        channel = null;
    }

    @Override
    public void close() throws IOException {
        if (channel != null) {
            try (FileChannel closing = channel) {
                closing.force(false);
            } finally {
                channel = null;
            }
        }
    }
}
