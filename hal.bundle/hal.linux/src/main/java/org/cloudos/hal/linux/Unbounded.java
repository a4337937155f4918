package org.cloudos.hal.linux;

import java.lang.foreign.MemorySegment;
import org.cloudos.hal.DeviceException;
import org.cloudos.hal.machine.PhysicalMemory;
import org.osgi.framework.BundleContext;
import org.osgi.framework.ServiceReference;

/** Whether devices may be driven where no I/O MMU keeps them in bounds, and where memory is for them. @param begin when the bus was, see nanoTime */
record Unbounded(BundleContext context, long begin) {
    /** Property of the framework: {@code true} lets drivers, and whatever their devices do, reach all memory. */
    private static final String ALLOWED = "cloudos.hal.unbounded";

    /** So long devices wait for physical addresses at the system's start, in nanoseconds. */
    private static final long PATIENCE = 20_000_000_000L;

    /** Whether devices can be driven: where they may reach all memory, somebody must tell where ours is. */
    boolean isReady() {
        return !isAllowed() || context.getServiceReference(PhysicalMemory.class) != null || System.nanoTime() - begin > PATIENCE;
    }

    boolean isAllowed() {
        return "true".equals(context.getProperty(ALLOWED));
    }

    /** @return -1 where it can't be told */
    long physical(MemorySegment memory) {
        ServiceReference<PhysicalMemory> reference = context.getServiceReference(PhysicalMemory.class);
        PhysicalMemory physical = reference == null ? null : context.getService(reference);
        if (physical == null) {
            return -1;
        }
        try {
            return physical.physical(memory);
        } catch (DeviceException e) {
            return -1;
        } finally {
            context.ungetService(reference);
        }
    }
}
