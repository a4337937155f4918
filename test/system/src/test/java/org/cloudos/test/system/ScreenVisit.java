package org.cloudos.test.system;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.io.IOException;
import java.net.UnixDomainSocketAddress;
import java.nio.ByteBuffer;
import java.nio.channels.SocketChannel;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.HexFormat;
import java.util.function.Predicate;

/** A visitor at the machine's own screen, keyboard and second serial port: QEMU presses keys, and the screen is read from its memory. */
final class ScreenVisit {
    private static final int TEXT = 0xb8000, COLUMNS = 80, ROWS = 25;
    private final Machine machine;
    private final Path home;

    ScreenVisit(Machine machine, Path home) {
        this.machine = machine;
        this.home = home;
    }

    void all() throws Exception {
        for (String device : new String[] {"vga0", "kbd0", "serial0"}) {
            PlugVisit.await(machine, device, true);
        }
        try (Monitor monitor = new Monitor(home.resolve("qmp"))) {
            awaitPrompt(monitor);
            type(monitor, "hal:clocks\n");
            await(monitor, "cycle counter");
            await(monitor, "give or take");
            awaitPrompt(monitor);
            machine.ssh("hal:keyboard --layout de --set 1").expect(0);
            press(monitor, "y");
            press(monitor, "shift", "z");
            press(monitor, "bracket_left");
            await(monitor, "cloudos> zY\u0081"); // u umlaut, as the font has it
            press(monitor, "ctrl", "c");
            awaitPrompt(monitor);
            machine.ssh("hal:keyboard --layout us --set 2").expect(0);
            type(monitor, "echo both sets\n");
            await(monitor, "cloudos> echo both sets\nboth sets\n");
            awaitPrompt(monitor);
            press(monitor, "up"); // the line before, by a key of a prefix
            await(monitor, "both sets\ncloudos> echo both sets");
            press(monitor, "ctrl", "c");
        }
        assertTrue(machine.ssh("hal:screen vga0").expect(0).out().contains("give or take"));
        serial();
        handsBack();
    }

    private void serial() throws Exception {
        try (SocketChannel line = SocketChannel.open(UnixDomainSocketAddress.of(home.resolve("serial")))) {
            machine.ssh("hal:write serial0 \"to the host\\\\n\"").expect(0);
            StringBuilder found = new StringBuilder();
            ByteBuffer bytes = ByteBuffer.allocate(64);
            while (!found.toString().contains("to the host\n")) {
                assertTrue(line.read(bytes.clear()) > 0, "the line has ended: " + found);
                found.append(StandardCharsets.US_ASCII.decode(bytes.flip()));
            }
            line.write(ByteBuffer.wrap("to the guest".getBytes(StandardCharsets.US_ASCII)));
            StringBuilder guest = new StringBuilder();
            while (guest.length() < "to the guest".length()) {
                String hex = machine.ssh("hal:read serial0").expect(0).out().lines().filter(l -> l.startsWith("hex")).findFirst().orElseThrow().substring(3);
                guest.append(new String(HexFormat.of().parseHex(hex.replace(" ", "")), StandardCharsets.US_ASCII));
            }
            assertEquals("to the guest", guest.toString());
        }
    }

    /** Linux gets screen and keyboard again, and gives them up again. */
    private void handsBack() throws Exception {
        machine.ssh("hal:give legacy/vga").expect(0);
        machine.ssh("hal:give platform/i8042").expect(0);
        assertTrue(machine.ssh("hal:devices").expect(0).out().contains("linux:i8042"));
        machine.ssh("hal:bind platform/i8042").expect(0);
        machine.ssh("hal:bind legacy/vga").expect(0);
        try (Monitor monitor = new Monitor(home.resolve("qmp"))) {
            awaitPrompt(monitor);
            type(monitor, "hal:kinds\n");
            await(monitor, "loopback");
        }
    }

    private void type(Monitor monitor, String text) throws Exception {
        for (char c : text.toCharArray()) {
            switch (c) {
                case ':' -> press(monitor, "shift", "semicolon");
                case ' ' -> press(monitor, "spc");
                case '\n' -> press(monitor, "ret");
                default -> press(monitor, String.valueOf(c));
            }
        }
    }

    /** QEMU keeps 16 bytes for a keyboard whose reader is slow: each key is waited for, by what the driver counts. */
    private void press(Monitor monitor, String... keys) throws Exception {
        StringBuilder list = new StringBuilder();
        for (String key : keys) {
            list.append(list.isEmpty() ? "" : ",").append("{\"type\":\"qcode\",\"data\":\"").append(key).append("\"}");
        }
        monitor.execute("send-key", "{\"hold-time\":20,\"keys\":[" + list + "]}");
        Thread.sleep(250); // the keys are held so long, and let go one after the other
    }

    private void await(Monitor monitor, String text) throws Exception {
        await(monitor, text, screen -> screen.contains(text));
    }

    /** Until the shell reads the next line: what is typed before is echoed somewhere else. */
    private void awaitPrompt(Monitor monitor) throws Exception {
        await(monitor, "a prompt at the end", screen -> screen.stripTrailing().endsWith("\ncloudos>"));
    }

    private void await(Monitor monitor, String what, Predicate<String> there) throws Exception {
        long end = System.nanoTime() + Limits.COMMAND.toNanos();
        String screen = screen(monitor);
        while (!there.test(screen)) {
            assertTrue(System.nanoTime() < end, "expected on the screen: " + what + "\nfound:\n" + screen);
            Thread.sleep(500);
            screen = screen(monitor);
        }
    }

    /** The cells' letters, each a byte as the font has it. */
    private String screen(Monitor monitor) throws IOException {
        Path file = home.resolve("screen.bin");
        monitor.execute("pmemsave", "{\"val\":" + TEXT + ",\"size\":" + COLUMNS * ROWS * 2 + ",\"filename\":\"" + file + "\"}");
        byte[] cells = Files.readAllBytes(file);
        StringBuilder text = new StringBuilder();
        for (int row = 0; row < ROWS; row++) {
            StringBuilder line = new StringBuilder();
            for (int column = 0; column < COLUMNS; column++) {
                line.append((char) (cells[(row * COLUMNS + column) * 2] & 0xff));
            }
            text.append(line.toString().stripTrailing()).append('\n');
        }
        return text.toString();
    }
}
