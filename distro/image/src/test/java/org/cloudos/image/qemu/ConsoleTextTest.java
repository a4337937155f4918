package org.cloudos.image.qemu;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import org.junit.jupiter.api.Test;

class ConsoleTextTest {
    @Test void onlyWhatTheCommandsPrint() throws IOException {
        ByteArrayOutputStream out = new ByteArrayOutputStream();
        ConsoleText text = new ConsoleText(out);
        text.write("\033[2J\033[01;01HBdsDxe: starting Boot0001\r\n{\"a\":1}\r\n[x] ".getBytes(StandardCharsets.UTF_8));
        text.write("\u00e4\r\n[   12.503476] reboot: Power down\r\nrest".getBytes(StandardCharsets.UTF_8));
        assertEquals("{\"a\":1}\n[x] \u00e4\n", out.toString(StandardCharsets.UTF_8));
        text.flush();
        assertTrue(out.toString(StandardCharsets.UTF_8).endsWith("rest"));
        assertTrue(text.toString().contains("Power down"));
    }
}
