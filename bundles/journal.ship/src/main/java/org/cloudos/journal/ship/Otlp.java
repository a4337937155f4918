package org.cloudos.journal.ship;

import java.io.ByteArrayOutputStream;
import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.HexFormat;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import org.cloudos.journal.Entry;

/**
 * Records as {@code opentelemetry.proto.collector.logs.v1.ExportLogsServiceRequest} in protobuf's wire format. Records of one
 * logger stand together, as the format has it; each keeps its time and sequence. Attributes are called as OpenTelemetry's
 * semantic conventions have them, ours begin with {@code cloudos.}
 */
final class Otlp {
    private static final int VARINT = 0, FIXED64 = 1, BYTES = 2;

    private Otlp() { }

    /** A message that is being written. */
    private static final class Message {
        private final ByteArrayOutputStream out = new ByteArrayOutputStream();

        private Message tag(int field, int type) {
            return varint((long) field << 3 | type);
        }

        private Message varint(long value) {
            long rest = value;
            while ((rest & ~0x7fL) != 0) {
                out.write((int) (rest & 0x7f | 0x80));
                rest >>>= 7;
            }
            out.write((int) rest);
            return this;
        }

        Message number(int field, long value) {
            return tag(field, VARINT).varint(value);
        }

        Message fixed64(int field, long value) {
            tag(field, FIXED64);
            for (int i = 0; i < 64; i += 8) {
                out.write((int) (value >>> i));
            }
            return this;
        }

        Message bytes(int field, byte[] value) {
            tag(field, BYTES).varint(value.length);
            out.writeBytes(value);
            return this;
        }

        Message text(int field, String value) {
            return bytes(field, value.getBytes(StandardCharsets.UTF_8));
        }

        Message message(int field, Message inner) {
            return bytes(field, inner.out.toByteArray());
        }

        /** {@code KeyValue}: 1 key, 2 value; {@code AnyValue}: 1 string, 3 int. */
        Message attribute(int field, String key, String value) {
            return value.isEmpty() ? this : message(field, new Message().text(1, key).message(2, new Message().text(1, value)));
        }
    }

    /** @param resource attributes of the sender */
    static byte[] request(List<Entry> entries, Map<String, String> resource) {
        Map<String, List<Entry>> byLogger = new LinkedHashMap<>();
        entries.forEach(e -> byLogger.computeIfAbsent(e.logger(), l -> new ArrayList<>()).add(e));
        Message attributes = new Message();
        resource.forEach((key, value) -> attributes.attribute(1, key, value));
        Message resourceLogs = new Message().message(1, attributes);
        byLogger.forEach((logger, some) -> {
            Message scope = new Message().message(1, new Message().text(1, logger));
            some.forEach(e -> scope.message(2, entry(e)));
            resourceLogs.message(2, scope);
        });
        return new Message().message(1, resourceLogs).out.toByteArray();
    }

    private static Message entry(Entry e) {
        Message record = new Message().fixed64(1, Math.max(0, e.time())).number(2, severity(e)).text(3, e.level().name())
                .message(5, new Message().text(1, e.message()));
        record.attribute(6, "cloudos.bundle", e.bundle()).attribute(6, "cloudos.subsystem", e.subsystem()).attribute(6, "thread.name", e.thread())
                .attribute(6, "exception.stacktrace", e.exception());
        record.message(6, new Message().text(1, "cloudos.seq").message(2, new Message().number(3, e.sequence())));
        e.values().forEach((key, value) -> record.attribute(6, key.equals("pid") ? "process.pid" : key, value));
        byte[] trace = id(e.trace(), 16), span = id(e.values().getOrDefault("span_id", ""), 8);
        if (trace.length > 0) {
            record.bytes(9, trace);
        } else {
            record.attribute(6, "cloudos.trace", e.trace());
        }
        if (span.length > 0) {
            record.bytes(10, span);
        }
        return record;
    }

    /** {@code SeverityNumber}: the first of each four. */
    private static int severity(Entry e) {
        return 1 + 4 * e.level().ordinal();
    }

    private static byte[] id(String hex, int bytes) {
        try {
            return hex.length() == 2 * bytes ? HexFormat.of().parseHex(hex) : new byte[0];
        } catch (IllegalArgumentException ex) {
            return new byte[0];
        }
    }

    /**
     * How many records an answer says were refused, {@code ExportLogsServiceResponse}: 1 partial success, in it 1 refused
     * records; 0 for whatever else is in the answer.
     */
    static long refused(byte[] answer) {
        byte[] partial = field(answer, 1, BYTES);
        byte[] count = partial == null ? null : field(partial, 1, VARINT);
        long value = 0;
        for (int i = 0; count != null && i < count.length && i < 9; i++) {
            value |= (count[i] & 0x7fL) << 7 * i;
        }
        return value;
    }

    /** The bytes of a field; null if it isn't there, or what is there is no message. */
    private static byte[] field(byte[] message, int wanted, int type) {
        int at = 0;
        while (at < message.length) {
            int tag = message[at++] & 0xff;
            int start = at;
            int length = 0;
            switch (tag & 7) {
                case VARINT -> {
                    while (at < message.length && message[at] < 0) {
                        at++;
                    }
                    at++;
                    length = at - start;
                }
                case BYTES -> {
                    for (int shift = 0; at < message.length && shift < 28; shift += 7) {
                        length |= (message[at] & 0x7f) << shift;
                        if (message[at++] >= 0) {
                            break;
                        }
                    }
                    start = at;
                    at += length;
                }
                default -> {
                    return null;
                }
            }
            if (at > message.length || at < start) {
                return null;
            }
            if (tag == (wanted << 3 | type)) {
                return java.util.Arrays.copyOfRange(message, start, start + length);
            }
        }
        return null;
    }
}
