package org.cloudos.drv.ram;

import java.util.Hashtable;
import java.util.LinkedHashMap;
import java.util.Map;
import org.cloudos.hal.block.BlockDevice;
import org.cloudos.hal.block.BlockDriver;
import org.osgi.framework.BundleContext;
import org.osgi.framework.ServiceRegistration;
import org.osgi.service.component.annotations.Activate;
import org.osgi.service.component.annotations.Component;
import org.osgi.service.component.annotations.Deactivate;

/** Makes RAM disks. They end with this bundle: memory has nowhere else to be. */
@Component(property = BlockDriver.KIND + "=ram")
public final class RamDriver implements BlockDriver {
    private static final long DEFAULT_BLOCK = 4096;

    private final BundleContext context;
    private final Map<String, Disk> disks = new LinkedHashMap<>(); // guarded by this

    private record Disk(RamDisk disk, ServiceRegistration<BlockDevice> service) { }

    @Activate
    public RamDriver(BundleContext context) {
        this.context = context;
    }

    @Override public Map<String, String> options() {
        return Map.of("size", "bytes, such as 64M or 1T", "block-size", "512 to 65536, default 4096", "limit", "bytes of memory at most, default the size");
    }

    @Override public synchronized void create(String name, Map<String, String> options) {
        RamDisk disk = disk(name, options);
        if (disks.containsKey(name)) {
            disk.close();
            throw new IllegalArgumentException("name: expected a new one, found " + name);
        }
        disks.put(name, new Disk(disk, context.registerService(BlockDevice.class, disk, new Hashtable<>(Map.of(BlockDevice.NAME, name)))));
    }

    /** A disk as the options ask. */
    static RamDisk disk(String name, Map<String, String> options) {
        for (String option : options.keySet()) {
            if (!option.equals("size") && !option.equals("block-size") && !option.equals("limit")) {
                throw new IllegalArgumentException("option: expected size, block-size or limit, found " + option);
            }
        }
        if (!options.containsKey("size")) {
            throw new IllegalArgumentException("size: expected bytes, such as size=64M, found nothing");
        }
        long size = bytes("size", options.get("size"));
        long blockSize = options.containsKey("block-size") ? bytes("block-size", options.get("block-size")) : DEFAULT_BLOCK;
        if (blockSize > 65_536 || blockSize < 512) {
            throw new IllegalArgumentException("block-size: expected 512 to 65536, found " + blockSize);
        }
        long limit = options.containsKey("limit") ? bytes("limit", options.get("limit")) : size + SparseMemory.CHUNK;
        return new RamDisk(name, (int) blockSize, size / blockSize, limit);
    }

    /** Bytes, with a suffix K, M, G or T of powers of 1024. */
    static long bytes(String option, String text) {
        int shift = switch (text.isEmpty() ? '0' : Character.toUpperCase(text.charAt(text.length() - 1))) {
            case 'K' -> 10;
            case 'M' -> 20;
            case 'G' -> 30;
            case 'T' -> 40;
            default -> 0;
        };
        try {
            long number = Long.parseLong(shift == 0 ? text : text.substring(0, text.length() - 1));
            if (number > 0 && number <= Long.MAX_VALUE >> shift) {
                return number << shift;
            }
        } catch (NumberFormatException e) {
            // told below
        }
        throw new IllegalArgumentException(option + ": expected a number over 0 with K, M, G or T behind it or nothing, found " + text);
    }

    @Override public synchronized boolean remove(String name) {
        Disk disk = disks.remove(name);
        if (disk != null) {
            disk.service.unregister();
            disk.disk.close();
        }
        return disk != null;
    }

    @Deactivate synchronized void close() {
        disks.values().forEach(d -> d.disk.close());
        disks.clear();
    }
}
