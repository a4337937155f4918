package org.cloudos.shell;

import static org.junit.jupiter.api.Assertions.assertEquals;

import java.time.Duration;
import org.junit.jupiter.api.Test;

class HumanTest {
    @Test
    void bytes() {
        assertEquals("0 B", Human.bytes(0));
        assertEquals("1023 B", Human.bytes(1023));
        assertEquals("1.5 KiB", Human.bytes(1536));
        assertEquals("100 MiB", Human.bytes(100L << 20));
        assertEquals("-2.0 KiB", Human.bytes(-2048));
        assertEquals("8.0 EiB", Human.bytes(Long.MAX_VALUE));
    }

    @Test
    void durations() {
        assertEquals("0 ms", Human.duration(Duration.ZERO));
        assertEquals("1.50 ms", Human.duration(Duration.ofNanos(1_500_000)));
        assertEquals("250 ms", Human.duration(Duration.ofMillis(250)));
        assertEquals("5.0 s", Human.duration(Duration.ofSeconds(5)));
        assertEquals("2 min 5 s", Human.duration(Duration.ofSeconds(125)));
        assertEquals("1 h", Human.duration(Duration.ofHours(1)));
        assertEquals("2 d 3 h", Human.duration(Duration.ofHours(51)));
        assertEquals("-5.0 s", Human.duration(Duration.ofSeconds(-5)));
    }

    @Test
    void foreignTextCanNotDriveTheTerminal() {
        assertEquals("plain \u00e4", Human.printable("plain \u00e4"));
        assertEquals("a\\nb\\u001b[2J\\u009b\\u202e", Human.printable("a\nb\u001b[2J\u009b\u202e"));
    }
}
