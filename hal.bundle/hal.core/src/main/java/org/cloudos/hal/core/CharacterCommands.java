package org.cloudos.hal.core;

import java.io.IOException;
import java.lang.foreign.MemorySegment;
import java.nio.ByteBuffer;
import java.nio.charset.CharacterCodingException;
import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.Comparator;
import java.util.HexFormat;
import java.util.List;
import java.util.Locale;
import org.apache.felix.service.command.Descriptor;
import org.apache.felix.service.command.Parameter;
import org.apache.felix.service.command.annotations.GogoCommand;
import org.cloudos.hal.character.CharDevice;
import org.cloudos.hal.character.Keyboard;
import org.cloudos.hal.character.SerialPort;
import org.cloudos.hal.character.TextScreen;
import org.cloudos.shell.Example;
import org.cloudos.shell.Human;
import org.osgi.framework.BundleContext;
import org.osgi.framework.InvalidSyntaxException;
import org.osgi.framework.ServiceReference;
import org.osgi.service.component.annotations.Activate;
import org.osgi.service.component.annotations.Component;

/** Character devices, for a person. */
@Component(service = CharacterCommands.class)
@GogoCommand(scope = "hal", function = {"read", "write", "screen", "keyboard", "serial"})
public final class CharacterCommands {
    private static final int MOST = 1 << 20;
    private final BundleContext context;

    /** What hal:read found. */
    public record Bytes(int count, String text, String hex) { }

    /** A line of hal:keyboard. */
    public record KeyboardLine(String name, String description, String layout, String layouts) { }

    /** A line of hal:serial. */
    public record SerialLine(String name, String description, int baud, int dataBits, String parity, int stopBits) { }

    @Activate public CharacterCommands(BundleContext context) {
        this.context = context;
    }

    private <T extends CharDevice> List<T> all(Class<T> type) {
        try {
            return context.getServiceReferences(type, null).stream()
                    .sorted(Comparator.comparing((ServiceReference<T> r) -> String.valueOf(r.getProperty(CharDevice.NAME))))
                    .map(context::getService).filter(d -> d != null).toList();
        } catch (InvalidSyntaxException e) {
            throw new AssertionError("no filter", e);
        }
    }

    private <T extends CharDevice> T find(Class<T> type, String what, String word) {
        String name = word == null ? "null" : word; // the shell takes this word for no value; it is a device's name
        List<T> all = all(type);
        return all.stream().filter(d -> d.name().equals(name)).findFirst().orElseThrow(() -> new IllegalArgumentException("expected a " + what + " of "
                + all.stream().map(CharDevice::name).toList() + ", found " + name));
    }

    /** Reads. */
    @Descriptor("reads bytes of a character device; waits for the first")
    @Example({"hal:read random --bytes 16", "hal:read serial0"})
    public Bytes read(@Parameter(names = "--bytes", absentValue = "256") @Descriptor("at most so many") int bytes,
            @Descriptor("the device's name") String device)
            throws IOException, InterruptedException {
        if (bytes < 1 || bytes > MOST) {
            throw new IllegalArgumentException("bytes: expected 1 to " + MOST + ", found " + bytes);
        }
        byte[] buffer = new byte[bytes];
        int length = find(CharDevice.class, "character device", device).read(MemorySegment.ofArray(buffer));
        byte[] read = Arrays.copyOf(buffer, length);
        return new Bytes(length, text(read), HexFormat.ofDelimiter(" ").formatHex(read));
    }

    private static String text(byte[] bytes) {
        try {
            return Human.printable(StandardCharsets.UTF_8.newDecoder().decode(ByteBuffer.wrap(bytes)));
        } catch (CharacterCodingException e) {
            return "";
        }
    }

    /** Writes. */
    @Descriptor("writes a text to a character device; \\r, \\n, \\e and \\\\ are what they are in C")
    @Example("hal:write serial0 \"hello\\r\\n\"")
    public String write(@Descriptor("the device's name") String device, @Descriptor("the text") String text) throws IOException, InterruptedException {
        String plain = text.replace("\\\\", "\0").replace("\\r", "\r").replace("\\n", "\n").replace("\\e", "\033").replace("\0", "\\");
        byte[] bytes = plain.getBytes(StandardCharsets.UTF_8);
        find(CharDevice.class, "character device", device).write(MemorySegment.ofArray(bytes));
        return bytes.length + " bytes written";
    }

    /** Shows a screen. */
    @Descriptor("what a screen shows, as text")
    @Example("hal:screen vga0")
    public String screen(@Descriptor("the device's name") String device) {
        return find(TextScreen.class, "screen", device).text().stripTrailing();
    }

    /** Shows or sets keyboards. */
    @Descriptor("keyboards: layout and scancode set")
    @Example({"hal:keyboard", "hal:keyboard --layout de", "hal:keyboard --set 1 kbd0"})
    public List<KeyboardLine> keyboard(@Parameter(names = "--layout", absentValue = "") @Descriptor("us or de") String layout,
            @Parameter(names = "--set", absentValue = "0") @Descriptor("what a PS/2 keyboard sends: 1 or 2") int set,
            @Descriptor("names; all keyboards without") String... names) throws IOException {
        List<Keyboard> chosen = new ArrayList<>();
        for (String name : names) {
            chosen.add(find(Keyboard.class, "keyboard", name));
        }
        for (Keyboard keyboard : names.length == 0 ? all(Keyboard.class) : chosen) {
            if (!layout.isEmpty()) {
                keyboard.layout(layout);
            }
            if (set != 0) {
                keyboard.scancodes(set);
            }
        }
        return (names.length == 0 ? all(Keyboard.class) : chosen).stream()
                .map(k -> new KeyboardLine(k.name(), k.description(), k.layout(), String.join(" ", k.layouts()))).toList();
    }

    /** Shows serial ports. */
    @Descriptor("serial ports and how bytes are on their lines")
    @Example("hal:serial")
    public List<SerialLine> serial() {
        return all(SerialPort.class).stream().map(CharacterCommands::line).toList();
    }

    /** Sets a serial port. */
    @Descriptor("sets how bytes are on a serial line")
    @Example("hal:serial --baud 9600 --bits 8 --parity none --stop 1 serial0")
    public SerialLine serial(@Parameter(names = "--baud", absentValue = "115200") @Descriptor("bits a second") int baud,
            @Parameter(names = "--bits", absentValue = "8") @Descriptor("5 to 8") int bits,
            @Parameter(names = "--parity", absentValue = "none") @Descriptor("none, even or odd") String parity,
            @Parameter(names = "--stop", absentValue = "1") @Descriptor("1 or 2") int stop, @Descriptor("the device's name") String device) throws IOException {
        SerialPort port = find(SerialPort.class, "serial port", device);
        SerialPort.Parity kind = Arrays.stream(SerialPort.Parity.values()).filter(p -> p.name().equalsIgnoreCase(parity)).findFirst()
                .orElseThrow(() -> new IllegalArgumentException("parity: expected none, even or odd, found " + parity));
        port.line(new SerialPort.Line(baud, bits, kind, stop));
        return line(port);
    }

    private static SerialLine line(SerialPort p) {
        return new SerialLine(p.name(), p.description(), p.line().baud(), p.line().dataBits(), p.line().parity().name().toLowerCase(Locale.ROOT),
                p.line().stopBits());
    }
}
