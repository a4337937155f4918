package org.cloudos.metrics.history;

import io.prometheus.metrics.model.snapshots.Label;
import io.prometheus.metrics.model.snapshots.Labels;
import java.io.IOException;
import java.nio.BufferUnderflowException;
import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.zip.CRC32C;

/** A file of ticks: how its records look, and reading them. The format is in the package's description. */
final class TickFile {
    static final byte[] MAGIC = "COSTICK1".getBytes(StandardCharsets.US_ASCII);
    static final byte RESET = 'R';
    static final byte SERIES = 'S';
    static final byte TICK = 'T';
    /** A file that is greater was not written by us. */
    static final long MAX_BYTES = 256L << 20;
    private static final int MAX_SERIES = 1 << 20;

    /** What a file's records mean; called in their order. */
    interface Visitor {
        /** A writer began. */
        default void reset() { }

        /** The series of the next id. */
        void series(SeriesKey key);

        /** A tick; {@code values} has a value for each series. Returns false to end. */
        boolean tick(long time, TickCodec values);
    }

    /**
     * What there is in a file.
     *
     * @param good bytes up to the first record that is cut or damaged
     */
    record Span(long first, long last, int ticks, long good) { }

    private TickFile() { }

    /** A record's bytes. */
    static void record(ByteBuffer out, byte type, ByteBuffer payload) {
        CRC32C crc = new CRC32C();
        crc.update(type);
        crc.update(payload.duplicate());
        out.put(type);
        TickCodec.varint(out, payload.remaining());
        out.put(payload);
        out.order(ByteOrder.LITTLE_ENDIAN).putInt((int) crc.getValue());
    }

    static void series(ByteBuffer out, SeriesKey key) {
        text(out, key.name());
        TickCodec.varint(out, key.labels().size());
        for (Label label : key.labels()) {
            text(out, label.getName());
            text(out, label.getValue());
        }
    }

    private static void text(ByteBuffer out, String text) {
        byte[] bytes = text.getBytes(StandardCharsets.UTF_8);
        TickCodec.varint(out, bytes.length);
        out.put(bytes);
    }

    private static SeriesKey key(ByteBuffer in) {
        String name = text(in);
        long count = TickCodec.varint(in);
        if (count < 0 || count > in.remaining()) {
            throw new IllegalArgumentException("a series with " + count + " labels");
        }
        List<String> names = new ArrayList<>();
        List<String> values = new ArrayList<>();
        for (int i = 0; i < count; i++) {
            names.add(text(in));
            values.add(text(in));
        }
        return new SeriesKey(name, Labels.of(names, values));
    }

    private static String text(ByteBuffer in) {
        long length = TickCodec.varint(in);
        if (length < 0 || length > in.remaining()) {
            throw new IllegalArgumentException("a text of " + length + " bytes");
        }
        byte[] bytes = new byte[(int) length];
        in.get(bytes);
        return new String(bytes, StandardCharsets.UTF_8);
    }

    /**
     * Reads a file up to its end or its first damage.
     *
     * @return what there was
     * @throws IOException when it can't be read, or is no file of ticks at all
     */
    static Span read(Path file, Visitor visitor) throws IOException {
        ByteBuffer in = bytes(file);
        TickCodec codec = new TickCodec();
        long time = 0;
        long first = Long.MAX_VALUE;
        long last = Long.MIN_VALUE;
        int ticks = 0;
        int good = in.position();
        try {
            while (in.hasRemaining()) {
                byte type = in.get();
                ByteBuffer payload = payload(in, type);
                switch (type) {
                    case RESET -> {
                        codec.reset();
                        time = 0;
                        visitor.reset();
                    }
                    case SERIES -> {
                        if (codec.size() >= MAX_SERIES) {
                            throw new IllegalArgumentException("more than " + MAX_SERIES + " series");
                        }
                        SeriesKey key = key(payload);
                        codec.add();
                        visitor.series(key);
                    }
                    case TICK -> {
                        long delta = TickCodec.varint(payload);
                        time += delta >>> 1 ^ -(delta & 1);
                        codec.decode(payload);
                        first = Math.min(first, time);
                        last = Math.max(last, time);
                        ticks++;
                        if (!visitor.tick(time, codec)) {
                            return new Span(first, last, ticks, in.position());
                        }
                    }
                    default -> throw new IllegalArgumentException("a record of type " + type);
                }
                good = in.position();
            }
        } catch (IllegalArgumentException | BufferUnderflowException e) {
            // The end that a cut of the power left, or damage: what came before is good.
            return new Span(first, last, ticks, good);
        }
        return new Span(first, last, ticks, good);
    }

    private static ByteBuffer bytes(Path file) throws IOException {
        long size = Files.size(file);
        if (size > MAX_BYTES) {
            throw new IOException(file + " has " + size + " bytes; expected at most " + MAX_BYTES);
        }
        ByteBuffer in = ByteBuffer.wrap(Files.readAllBytes(file)).order(ByteOrder.LITTLE_ENDIAN);
        byte[] magic = new byte[Math.min(MAGIC.length, in.remaining())];
        in.get(magic);
        if (!java.util.Arrays.equals(magic, MAGIC)) {
            throw new IOException(file + " is no file of ticks: it does not begin with COSTICK1");
        }
        return in;
    }

    private static ByteBuffer payload(ByteBuffer in, byte type) {
        long length = TickCodec.varint(in);
        if (length < 0 || length > in.remaining() - 4) {
            throw new IllegalArgumentException("a record is cut");
        }
        ByteBuffer payload = in.slice(in.position(), (int) length).order(ByteOrder.LITTLE_ENDIAN);
        in.position(in.position() + (int) length);
        CRC32C crc = new CRC32C();
        crc.update(type);
        crc.update(payload.duplicate());
        if (in.getInt() != (int) crc.getValue()) {
            throw new IllegalArgumentException("a record is damaged");
        }
        return payload;
    }
}
