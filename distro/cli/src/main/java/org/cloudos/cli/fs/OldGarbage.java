package org.cloudos.cli.fs;

import java.lang.management.ManagementFactory;
import java.lang.management.MemoryNotificationInfo;
import java.lang.management.MemoryPoolMXBean;
import java.lang.management.MemoryType;
import javax.management.NotificationEmitter;

/**
 * Keeps garbage of long runs from piling up. The serial collector lets its old generation grow to the largest heap before it looks through it.
 * Here it is looked through whenever it has grown by 16 MiB, or a quarter where it is large; what is free then goes back to the system
 * (MaxHeapFreeRatio).
 */
public final class OldGarbage {
    private static final long LEAST = 16L << 20;

    private OldGarbage() { }

    /** From now on, until the process ends. */
    public static void bound() {
        for (MemoryPoolMXBean pool : ManagementFactory.getMemoryPoolMXBeans()) {
            if (pool.getType() == MemoryType.HEAP && pool.isUsageThresholdSupported()) {
                ((NotificationEmitter) ManagementFactory.getMemoryMXBean()).addNotificationListener((notice, to) -> {
                    System.gc();
                    next(pool);
                }, notice -> notice.getType().equals(MemoryNotificationInfo.MEMORY_THRESHOLD_EXCEEDED), null);
                next(pool);
            }
        }
    }

    private static void next(MemoryPoolMXBean pool) {
        long used = pool.getUsage().getUsed(), most = pool.getUsage().getMax();
        long threshold = used + Math.max(LEAST, used / 4);
        pool.setUsageThreshold(most > 0 ? Math.min(threshold, most) : threshold);
    }
}
