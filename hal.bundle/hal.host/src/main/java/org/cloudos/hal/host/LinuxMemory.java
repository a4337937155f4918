package org.cloudos.hal.host;

import java.io.IOException;
import java.io.RandomAccessFile;
import java.lang.foreign.MemorySegment;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.atomic.AtomicBoolean;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import org.cloudos.hal.DeviceException;
import org.cloudos.hal.DeviceException.Reason;
import org.cloudos.hal.machine.MappedRange;
import org.cloudos.hal.machine.PhysicalMemory;
import org.cloudos.hal.memory.Mmio;
import org.cloudos.linux.LinuxException;
import org.cloudos.linux.device.DeviceFile;
import org.cloudos.linux.device.Devices;

/** {@code /dev/mem}, {@code /proc/iomem} and {@code /proc/self/pagemap}. */
final class LinuxMemory implements PhysicalMemory {
    private static final Pattern RANGE = Pattern.compile("( *)(\\p{XDigit}{1,16})-(\\p{XDigit}{1,16}) : (.*)");
    private static final int PAGE = 4096, ENTRY = 8;
    private static final long PRESENT = 1L << 63, FRAME = (1L << 55) - 1; // Documentation/admin-guide/mm/pagemap.rst

    private final KernelFiles files;
    private final Devices devices;

    LinuxMemory(KernelFiles files, Devices devices) {
        this.files = files;
        this.devices = devices;
    }

    @Override public List<Range> map() {
        return parse("\n" + files.text("proc/iomem"));
    }

    static List<Range> parse(String text) {
        List<Range> found = new ArrayList<>();
        text.lines().forEach(line -> {
            Matcher m = RANGE.matcher(line);
            if (m.matches()) {
                found.add(new Range(Long.parseUnsignedLong(m.group(2), 16), Long.parseUnsignedLong(m.group(3), 16), m.group(1).length() / 2, m.group(4)));
            }
        });
        return List.copyOf(found);
    }

    @Override public MappedRange map(long address, long bytes) throws DeviceException {
        if (address < 0 || bytes <= 0 || address > Long.MAX_VALUE - bytes) {
            throw new IllegalArgumentException("memory: expected an address and bytes over 0, found " + address + " and " + bytes);
        }
        long start = address & -PAGE;
        long length = address + bytes - start + PAGE - 1 & -PAGE;
        DeviceFile file = null;
        try {
            file = devices.open("/dev/mem");
            Mapped mapped = new Mapped(file, address, file.map(start, length).asSlice(address - start, bytes));
            file = null;
            return mapped;
        } catch (LinuxException e) {
            throw new DeviceException(Reason.UNAVAILABLE,
                    String.format("memory at %x, %d bytes: not available here: expected the right to map it (CAP_SYS_RAWIO) and"
                    + " registers that no driver of Linux keeps (or a kernel started with iomem=relaxed): %s", address, bytes, e.getMessage()), e);
        } finally {
            if (file != null) {
                file.close();
            }
        }
    }

    @Override public long physical(MemorySegment memory) throws DeviceException {
        if (!memory.isNative()) {
            throw new IllegalArgumentException("expected memory outside of the heap: the collector moves what is in it");
        }
        try (RandomAccessFile map = new RandomAccessFile(files.at("proc/self/pagemap").toFile(), "r")) {
            map.seek(memory.address() / PAGE * ENTRY);
            long entry = Long.reverseBytes(map.readLong());
            if ((entry & PRESENT) == 0) {
                return -1;
            }
            if ((entry & FRAME) == 0) { // the kernel hides the frame's number from those who may not know it
                throw new DeviceException(Reason.UNAVAILABLE, "physical addresses: not available here: expected CAP_SYS_ADMIN");
            }
            return (entry & FRAME) * PAGE + memory.address() % PAGE;
        } catch (DeviceException e) {
            throw e;
        } catch (IOException e) {
            throw new DeviceException(Reason.UNAVAILABLE, "physical addresses: not available here: " + e.getMessage(), e);
        }
    }

    private static final class Mapped implements MappedRange {
        private final DeviceFile file;
        private final long address;
        private final Mmio mmio;
        private final AtomicBoolean closed = new AtomicBoolean();

        private Mapped(DeviceFile file, long address, MemorySegment memory) {
            this.file = file;
            this.address = address;
            mmio = new Mmio(memory);
        }

        @Override public long address() {
            return address;
        }

        @Override public Mmio mmio() {
            return mmio;
        }

        @Override public void close() {
            if (closed.compareAndSet(false, true)) {
                file.close();
            }
        }
    }
}
