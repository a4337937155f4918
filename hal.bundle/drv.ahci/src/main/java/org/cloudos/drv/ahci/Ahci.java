package org.cloudos.drv.ahci;

import java.io.IOException;
import java.util.ArrayList;
import java.util.Hashtable;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.concurrent.TimeUnit;
import java.util.function.Function;
import java.util.stream.Collectors;
import org.cloudos.hal.DeviceException;
import org.cloudos.hal.DeviceException.Reason;
import org.cloudos.hal.block.BlockDevice;
import org.cloudos.hal.driver.Attachment;
import org.cloudos.hal.memory.DmaMemory;
import org.cloudos.hal.memory.Mmio;
import org.cloudos.hal.pci.PciFunction;
import org.cloudos.hal.queue.SharedInterrupt;
import org.cloudos.hal.queue.Traffic;

/** A controller and what is at its ports: disks come and go, a drive is a device while it has a medium. It looks every second. */
final class Ahci implements Attachment {
    private static final int REGISTERS = 5;
    private static final long RESET_NS = TimeUnit.SECONDS.toNanos(1), HANDOVER_NS = TimeUnit.SECONDS.toNanos(2), LINK_NS = TimeUnit.MILLISECONDS.toNanos(20);
    private static final long LOOK_MS = 1000;

    private static final class Seat {
        private final Port port;
        private final PortDevice.Place place;
        private PortDevice device;    // null while there is none, or none that we can drive
        private Runnable unregister;
        private boolean refused;
        private String said = "";

        private Seat(Port port, PortDevice.Place place) {
            this.port = port;
            this.place = place;
        }
    }

    private final Traffic traffic = new Traffic();
    private final PciFunction function;
    private final String name;
    private final Mmio mmio;
    private final Registers.Capabilities capabilities;
    private final List<Seat> seats = new ArrayList<>(); // guarded by this, as what is in them
    private final Function<PortDevice, Runnable> register;
    private final Runnable closed;
    private final Thread watch;
    private DmaMemory zeroes;
    private long resets; // of devices that are gone
    private long errors;

    /** @param register makes a device a service; what it returns ends that */
    Ahci(PciFunction function, String name, Function<PortDevice, Runnable> register, Runnable closed) throws IOException {
        this.function = function;
        this.name = name;
        this.register = register;
        this.closed = closed;
        mmio = function.registers(REGISTERS);
        capabilities = new Registers.Capabilities(mmio.read(Registers.CAP));
        if (capabilities.bits() == -1) {
            throw new DeviceException(Reason.GONE, name + " does not answer");
        }
        takeOver();
        reset();
        if (function.interrupts() == 0) {
            throw new DeviceException(Reason.ABSENT, name + " has no interrupt");
        }
        SharedInterrupt interrupt = new SharedInterrupt(function.interrupts(1).getFirst());
        int present = mmio.read(Registers.PI);
        for (int i = 0; i < Registers.MOST_PORTS && room(i); i++) {
            if ((present & 1 << i) != 0) {
                Port port = new Port(i, name + "p" + i, mmio.slice(Registers.PORTS + (long) i * Registers.PORT_SIZE, Registers.PORT_SIZE), function.dma(),
                        capabilities);
                port.open();
                seats.add(new Seat(port, new PortDevice.Place(mmio, capabilities, interrupt.line(), function.dma(), this::zeroes, traffic)));
            }
        }
        mmio.write(Registers.IS, -1);
        mmio.write(Registers.GHC, Registers.AHCI | Registers.INTERRUPTS);
        awaitLinks();
        look();
        watch = Thread.ofPlatform().daemon().name(name).start(this::watch);
    }

    private boolean room(int port) {
        return Registers.PORTS + (port + 1L) * Registers.PORT_SIZE <= mmio.size();
    }

    /** From the firmware. §10.6. */
    private void takeOver() {
        if ((mmio.read(Registers.CAP2) & 1) == 0) {
            return;
        }
        mmio.write(Registers.BOHC, mmio.read(Registers.BOHC) | 2);
        long begin = System.nanoTime();
        while ((mmio.read(Registers.BOHC) & 1) != 0 && System.nanoTime() - begin < HANDOVER_NS) {
            Thread.onSpinWait(); // a firmware that never lets go has lost it by the reset that follows
        }
    }

    private void reset() throws DeviceException {
        mmio.write(Registers.GHC, Registers.AHCI);
        mmio.write(Registers.GHC, Registers.AHCI | Registers.RESET);
        long begin = System.nanoTime();
        while ((mmio.read(Registers.GHC) & Registers.RESET) != 0) {
            if (System.nanoTime() - begin > RESET_NS) {
                throw new DeviceException(mmio.read(Registers.GHC) == -1 ? Reason.GONE : Reason.TIMED_OUT, name + " does not reset");
            }
            Thread.onSpinWait();
        }
        mmio.write(Registers.GHC, Registers.AHCI);
    }

    /** Devices that are there are found at once; those that take longer are by a later look. */
    private void awaitLinks() {
        long begin = System.nanoTime();
        while (System.nanoTime() - begin < LINK_NS && !seats.stream().allMatch(s -> s.port.isPresent())) {
            Thread.onSpinWait();
        }
    }

    private synchronized long zeroes() {
        if (zeroes == null) {
            try {
                zeroes = function.dma().allocate(DiskCommands.ZEROES, 4096);
            } catch (IOException e) {
                throw new IllegalStateException("no memory for zeros: " + e.getMessage(), e);
            }
        }
        return zeroes.address();
    }

    private void watch() {
        try {
            while (true) {
                Thread.sleep(LOOK_MS);
                look();
            }
        } catch (InterruptedException e) {
            return; // the end
        }
    }

    private void look() {
        List<Runnable> gone = new ArrayList<>();
        synchronized (this) {
            for (Seat seat : seats) {
                if (seat.device != null && seat.device.isChanged()) {
                    seat.device.gone();
                    gone.add(leave(seat));
                }
            }
        }
        gone.forEach(Runnable::run);
        synchronized (this) {
            seats.stream().filter(s -> s.device == null && !s.port.isGone()).forEach(this::come);
        }
    }

    /** Holds this. */
    private void come(Seat seat) {
        if (!seat.port.isPresent()) {
            seat.refused = false;
            seat.said = "";
            return;
        }
        if (seat.refused && !seat.port.wasExchanged()) {
            return;
        }
        try {
            seat.device = PortDevice.open(seat.port, seat.place);
            seat.said = "";
            if (seat.device != null) {
                seat.unregister = register.apply(seat.device);
            }
        } catch (IOException e) {
            seat.refused = true;
            seat.said = e.getMessage();
        }
    }

    /** Holds this. @return what is to be run without it, since it waits for the device's users */
    private Runnable leave(Seat seat) {
        PortDevice device = seat.device;
        Runnable unregister = seat.unregister;
        seat.device = null;
        resets += device.resets();
        errors += device.errors();
        return () -> {
            unregister.run();
            device.close();
        };
    }

    private synchronized List<PortDevice> devices() {
        return seats.stream().map(s -> s.device).filter(Objects::nonNull).toList();
    }

    @Override public String description() {
        synchronized (this) {
            return "ports: " + seats.size() + seats.stream().map(s -> s.device == null ? s.said : s.device.device().name() + " " + s.device.description())
                    .filter(t -> !t.isEmpty()).map("; "::concat).collect(Collectors.joining());
        }
    }

    @Override public String offers() {
        return devices().stream().map(d -> d.device().name()).collect(Collectors.joining(" "));
    }

    @Override public String condition() {
        return !function.isPresent() ? "gone" : devices().stream().map(PortDevice::condition).filter(c -> !c.equals("ok")).findFirst().orElse("ok");
    }

    @Override public Map<String, Long> counters() {
        Map<String, Long> counters = new LinkedHashMap<>();
        synchronized (this) {
            counters.put("errors", errors + devices().stream().mapToLong(PortDevice::errors).sum());
            counters.put("resets", resets + devices().stream().mapToLong(PortDevice::resets).sum());
        }
        traffic.addTo(counters);
        return counters;
    }

    @Override public void close() {
        watch.interrupt();
        List<Runnable> leaving;
        try {
            watch.join();
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
        }
        synchronized (this) {
            leaving = seats.stream().filter(s -> s.device != null).map(this::leave).toList();
        }
        leaving.forEach(Runnable::run);
        synchronized (this) {
            for (Seat seat : seats) {
                try {
                    seat.port.close();
                    seat.port.free();
                } catch (DeviceException e) {
                    // it may still write: its memory goes with the function, behind the I/O MMU
                }
            }
            mmio.write(Registers.GHC, Registers.AHCI);
        }
        function.close();
        closed.run();
    }

    /** A device as a service. */
    static Hashtable<String, Object> properties(PortDevice device) {
        return new Hashtable<>(Map.of(BlockDevice.NAME, device.device().name()));
    }
}
