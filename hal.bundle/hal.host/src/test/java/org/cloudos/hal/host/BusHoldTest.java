package org.cloudos.hal.host;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.lang.foreign.MemorySegment;
import java.lang.foreign.ValueLayout;
import java.lang.reflect.Proxy;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import org.cloudos.hal.DeviceException;
import org.cloudos.hal.DeviceException.Reason;
import org.cloudos.linux.device.DeviceFile;
import org.cloudos.linux.device.Devices;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** How Linux gives up serial ports whose driver can be unbound, and those whose driver is built in. */
class BusHoldTest {
    private static final int AMBA = 32;
    private static final long GET = 0x541e;
    @TempDir
    Path root;
    private int type = AMBA; // of the line
    private final List<String> opened = new ArrayList<>();
    private Path driver;
    private BusHold hold;

    @BeforeEach void onePort() throws Exception {
        Path device = Files.createDirectories(root.resolve("sys/bus/amba/devices/9040000.pl011"));
        Files.createDirectories(device.resolve("9040000.pl011:0/9040000.pl011:0.0/tty/ttyAMA1"));
        driver = Files.createDirectories(root.resolve("sys/bus/amba/drivers/uart-pl011"));
        Files.createSymbolicLink(device.resolve("driver"), driver);
        Files.createDirectories(root.resolve("proc"));
        Files.writeString(root.resolve("proc/consoles"), "ttyAMA0              -W- (EC p a)  204:64\n");
        hold = new BusHold(new PlatformWays(new KernelFiles(root), fake(Devices.class), null, null, name -> null), "amba", "9040000.pl011");
    }

    private <T> T fake(Class<T> face) {
        return face.cast(Proxy.newProxyInstance(face.getClassLoader(), new Class<?>[] {face}, (proxy, method, arguments) -> switch (method.getName()) {
            case "open" -> {
                opened.add((String) arguments[0]);
                yield fake(DeviceFile.class);
            }
            case "control" -> {
                MemorySegment port = (MemorySegment) arguments[1];
                if ((long) arguments[0] == GET) {
                    port.set(ValueLayout.JAVA_INT, 0, type);
                } else {
                    type = port.get(ValueLayout.JAVA_INT, 0);
                }
                yield 0;
            }
            default -> null;
        }));
    }

    @Test void aBuiltInDriverLetsThePortGoAndHasItAgain() throws Exception {
        assertEquals("uart-pl011", hold.driver());
        hold.take();
        assertEquals(SerialLine.UNKNOWN, type);
        assertEquals("", hold.driver());
        hold.giveBack();
        assertEquals(AMBA, type);
        assertEquals("uart-pl011", hold.driver());
        assertEquals(List.of("/dev/ttyAMA1", "/dev/ttyAMA1"), opened);
    }

    @Test void oneThatCanBeUnboundIs() throws Exception {
        Files.writeString(driver.resolve("unbind"), "");
        hold.take();
        assertEquals("9040000.pl011", Files.readString(driver.resolve("unbind")));
        assertEquals(List.of(), opened);
    }

    @Test void theConsoleAndWhatHasNoLineStayLinuxs() throws Exception {
        Files.writeString(root.resolve("proc/consoles"), "ttyAMA1              -W- (EC p a)  204:65\n");
        assertEquals(Reason.BUSY, assertThrows(DeviceException.class, hold::take).reason());
        Files.delete(root.resolve("sys/bus/amba/devices/9040000.pl011/9040000.pl011:0/9040000.pl011:0.0/tty/ttyAMA1"));
        DeviceException e = assertThrows(DeviceException.class, hold::take);
        assertTrue(e.reason() == Reason.UNAVAILABLE && e.getMessage().contains("built into the kernel"), e.getMessage());
        assertEquals(AMBA, type);
    }
}
