package org.cloudos.hal.host;

import static org.junit.jupiter.api.Assertions.assertArrayEquals;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.Random;
import org.cloudos.hal.machine.CycleCounter;
import org.cloudos.hal.machine.InterruptLines;
import org.cloudos.hal.platform.PlatformDevice.Resource;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class LinuxMachineTest {
    @TempDir
    Path root;

    private void file(String path, String text) throws Exception {
        Files.createDirectories(root.resolve(path).getParent());
        Files.writeString(root.resolve(path), text);
    }

    @Test void processorsAndTheirCaches() throws Exception {
        file("proc/cpuinfo", "processor\t: 0\nvendor_id\t: GenuineIntel\nmodel name\t: Some CPU\ncpu MHz\t\t: 2500.5\nflags\t\t: fpu sse2 hypervisor\n"
                + "address sizes\t: 46 bits physical, 48 bits virtual\n\nprocessor\t: 1\ncpu MHz\t\t: 1200.0\n");
        file("sys/devices/system/cpu/present", "0-1");
        file("sys/devices/system/cpu/online", "0-1");
        for (int n = 0; n < 2; n++) {
            String at = "sys/devices/system/cpu/cpu" + n + "/";
            file(at + "topology/core_id", "0");
            file(at + "topology/physical_package_id", "0");
            file(at + "cache/index0/level", "1");
            file(at + "cache/index0/type", "Data");
            file(at + "cache/index0/size", "48K");
            file(at + "cache/index0/coherency_line_size", "64");
            file(at + "cache/index0/shared_cpu_list", "0-1");
        }
        LinuxProcessors processors = new LinuxProcessors(new KernelFiles(root));
        assertEquals("GenuineIntel", processors.vendor());
        assertEquals(List.of(2_500_500_000L, 1_200_000_000L), processors.processors().stream().map(p -> p.hertz()).toList());
        assertEquals(46, processors.physicalBits());
        assertEquals("unknown", processors.hypervisor());
        assertEquals(1, processors.caches().size());
        assertEquals(48 << 10, processors.caches().getFirst().bytes());
        assertEquals(2, processors.caches().getFirst().shared());
    }

    @Test void armHasNames() throws Exception {
        file("proc/cpuinfo", "processor\t: 0\nFeatures\t: fp asimd\nCPU implementer\t: 0x41\nCPU part\t: 0xd08\n");
        LinuxProcessors processors = new LinuxProcessors(new KernelFiles(root));
        assertEquals("ARM Cortex-A72", processors.vendor() + " " + processors.model());
        assertTrue(processors.features().contains("asimd"));
        assertEquals(List.of(), processors.processors());
    }

    @Test void interruptsAreRead() {
        List<InterruptLines.Line> lines = LinuxInterrupts.parse("           CPU0       CPU1       \n  4:         10         20  IO-APIC   4-edge      ttyS0\n"
                + " 31:          0       5095 PCI-MSIX-0000:00:06.0   0-edge      vfio-msix[0](0000:00:06.0)\n"
                + "LOC:   7  8   Local timer interrupts\nERR:          3\n");
        assertEquals(4, lines.size());
        assertEquals(new Brief("31", "PCI-MSIX-0000:00:06.0", "vfio-msix[0](0000:00:06.0)", 5095), brief(lines.get(1)));
        assertEquals(new Brief("LOC", "", "Local timer interrupts", 15), brief(lines.get(2)));
        assertArrayEquals(new long[] {3}, lines.get(3).counts());
        Random random = new Random(3);
        for (int i = 0; i < 500; i++) {
            byte[] bytes = new byte[random.nextInt(300)];
            random.nextBytes(bytes);
            LinuxInterrupts.parse(new String(bytes, java.nio.charset.StandardCharsets.ISO_8859_1));
        }
    }

    private record Brief(String name, String chip, String users, long total) { }

    private static Brief brief(InterruptLines.Line l) {
        return new Brief(l.name(), l.chip(), l.users(), l.total());
    }

    @Test void aCounterAgainstAClockOfKnownRate() {
        // Three ticks a nanosecond of the same clock: the rate is known, and the stated error must hold it.
        CycleCounter counter = new Calibrated("TEST", () -> System.nanoTime() * 3, System::nanoTime, true, 0);
        CycleCounter.Calibration c = counter.calibrate();
        assertTrue(Math.abs(c.hertz() - 3e9) <= 3e9 * c.error(), c.toString());
        assertTrue(c.error() > 0 && c.overNanos() >= 50_000_000, c.toString());
        assertEquals(1000, counter.nanos(3000), 1000 * c.error() + 1);
    }

    @Test void whatFirmwareSays() throws Exception {
        assertEquals(List.of(new Resource(true, 0x3f8, 8)), PlatformSearch.ports("state = active\nio 0x3f8-0x3ff\nirq 4\nio 0x9-0x2\nio disabled"));
        byte[] reg = new byte[16];
        reg[5] = 9;
        reg[14] = 0x10;
        Files.write(root.resolve("reg"), reg);
        assertEquals(0x1000, PlatformSearch.size(root.resolve("reg")));
        Files.write(root.resolve("reg"), new byte[3]);
        assertEquals(0, PlatformSearch.size(root.resolve("reg")));
        assertTrue(PlatformSearch.hasLetters("402000000 3803078f800d001 feffffdfffefffff fffffffffffffffe"));
        assertFalse(PlatformSearch.hasLetters("10000000000000 0"));
        assertFalse(PlatformSearch.hasLetters("none"));
        assertEquals(List.of(0, 1, 2, 5), KernelFiles.list("0-2,5"));
        assertEquals(List.of(1), KernelFiles.list("1,x-9"));
        assertEquals(2, LinuxMemory.parse("\n00000000-00000fff : Reserved\n  000a0000-000bffff : PCI Bus 0000:00\nrubbish").size());
    }
}
