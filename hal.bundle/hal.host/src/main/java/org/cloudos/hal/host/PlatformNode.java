package org.cloudos.hal.host;

import java.lang.foreign.MemorySegment;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.atomic.AtomicReference;
import org.cloudos.hal.DeviceException;
import org.cloudos.hal.DeviceException.Reason;
import org.cloudos.hal.machine.MappedRange;
import org.cloudos.hal.machine.PortRange;
import org.cloudos.hal.memory.Dma;
import org.cloudos.hal.memory.Mmio;
import org.cloudos.hal.platform.PlatformDevice;
import org.cloudos.hal.platform.PlatformFunction;
import org.cloudos.hal.takeover.PhysicalDma;

/** A platform device that was found. */
final class PlatformNode implements PlatformDevice {
    /** What is known of it before anybody claims it. */
    record Facts(String address, String kind, List<String> ids, List<Resource> resources, String file) { }

    private final Facts facts;
    private final Hold hold;
    private final PlatformWays ways;
    private final AtomicReference<String> owner = new AtomicReference<>("");
    private volatile boolean present = true;

    PlatformNode(Facts facts, Hold hold, PlatformWays ways) {
        this.facts = facts;
        this.hold = hold;
        this.ways = ways;
    }

    @Override public String address() {
        return facts.address;
    }

    @Override public String kind() {
        return facts.kind;
    }

    @Override public List<String> ids() {
        return facts.ids;
    }

    @Override public List<Resource> resources() {
        return facts.resources;
    }

    @Override public String file() {
        return facts.file;
    }

    @Override public String linuxDriver() {
        return hold.driver();
    }

    @Override public String owner() {
        return owner.get();
    }

    void gone() {
        present = false;
    }

    @Override public PlatformFunction claim(String by) throws DeviceException {
        if (!owner.compareAndSet("", by)) {
            throw new DeviceException(Reason.BUSY, facts.address + " is " + owner.get() + "'s");
        }
        boolean claimed = false;
        try {
            hold.take();
            claimed = true;
            return new Function();
        } finally {
            if (!claimed) {
                owner.set("");
            }
        }
    }

    @Override public void release() throws DeviceException {
        if (!owner.compareAndSet("", "Linux")) {
            throw new DeviceException(Reason.BUSY, facts.address + " is " + owner.get() + "'s");
        }
        try {
            hold.giveBack();
        } finally {
            owner.set("");
        }
    }

    private final class Function implements PlatformFunction {
        private final List<PortRange> ports = new ArrayList<>(); // guarded by this, as all below
        private final List<MappedRange> mapped = new ArrayList<>();
        private PhysicalDma dma;
        private boolean closed;

        @Override public PlatformDevice device() {
            return PlatformNode.this;
        }

        private Resource resource(boolean isPorts, int n) throws DeviceException {
            if (closed) {
                throw new IllegalStateException(facts.address + " was given back");
            }
            List<Resource> all = facts.resources.stream().filter(r -> r.ports() == isPorts).toList();
            if (n < 0 || n >= all.size()) {
                throw new DeviceException(Reason.ABSENT, facts.address + ": expected one of " + all.size() + " ranges of " + (isPorts ? "ports" : "memory")
                        + ", found number " + n);
            }
            return all.get(n);
        }

        @Override public synchronized PortRange ports(int n) throws DeviceException {
            Resource r = resource(true, n);
            PortRange range = ways.ports().claim((int) r.first(), (int) r.count(), owner.get());
            ports.add(range);
            return range;
        }

        @Override public synchronized Mmio registers(int n) throws DeviceException {
            Resource r = resource(false, n);
            MappedRange range = ways.memory().map(r.first(), r.count());
            mapped.add(range);
            return range.mmio();
        }

        @Override public synchronized Dma dma() throws DeviceException {
            if (closed) {
                throw new IllegalStateException(facts.address + " was given back");
            }
            if (!hold.reachesMemory()) {
                throw new DeviceException(Reason.ABSENT, facts.address + " does not reach memory by itself");
            }
            if (dma == null) {
                dma = new PhysicalDma(ways.devices(), this::physical);
            }
            return dma;
        }

        private long physical(MemorySegment memory) {
            try {
                return ways.memory().physical(memory);
            } catch (DeviceException e) {
                return -1;
            }
        }

        @Override public boolean isPresent() {
            return present;
        }

        @Override public synchronized void close() {
            if (closed) {
                return;
            }
            closed = true;
            if (dma != null && (mapped.isEmpty() || hold.silence(mapped.getFirst().mmio()))) {
                dma.close(); // else its memory is better lost than shared
            }
            ports.forEach(PortRange::close);
            mapped.forEach(MappedRange::close);
            hold.closed();
            owner.set("");
        }
    }
}
