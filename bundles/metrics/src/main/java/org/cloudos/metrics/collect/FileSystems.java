package org.cloudos.metrics.collect;

import java.io.File;
import java.nio.file.Path;
import java.util.HashSet;
import java.util.Set;
import org.cloudos.metrics.MetricSource;

/**
 * Room on file systems of this machine's own devices and in memory. Those of the network are left out: asking one whose
 * server is gone would hang.
 */
final class FileSystems implements MetricSource {
    private static final Set<String> LOCAL = Set.of("ext2", "ext3", "ext4", "xfs", "btrfs", "f2fs", "vfat", "exfat", "ntfs3", "erofs",
            "squashfs", "overlay", "zfs", "bcachefs", "tmpfs");
    private static final int MAX_MOUNTS = 64;

    private final Path proc;
    private final KernelFile file = new KernelFile();

    FileSystems(Path proc) {
        this.proc = proc;
    }

    @Override
    public void collect(Sink sink) {
        if (!file.open(proc.resolve("self/mounts"))) {
            return;
        }
        Set<String> devices = new HashSet<>();
        Set<String> points = new HashSet<>();
        for (; file.more() && points.size() < MAX_MOUNTS; file.nextLine()) {
            String device = file.word();
            String point = unescaped(file.word());
            String type = file.word();
            boolean inMemory = type.equals("tmpfs");
            // Bind mounts show a device again; each tmpfs is its own.
            if (!LOCAL.contains(type) || !inMemory && !devices.add(device) || inMemory && !ours(point) || !points.add(point)) {
                continue;
            }
            File root = new File(point);
            long size = root.getTotalSpace();
            if (size > 0) {
                String[] labels = {"device", device, "fstype", type, "mountpoint", point};
                sink.gauge("node_filesystem_size_bytes", "Size of a file system.", size, labels);
                sink.gauge("node_filesystem_free_bytes", "Room, that which only root can use too.", root.getFreeSpace(), labels);
                sink.gauge("node_filesystem_avail_bytes", "Room for everybody.", root.getUsableSpace(), labels);
                sink.gauge("node_filesystem_readonly", "1 when it can't be written.", file.word().matches("(.*,)?ro(,.*)?") ? 1 : 0, labels);
            }
        }
    }

    private static boolean ours(String point) {
        return point.equals("/tmp") || point.equals("/run") || point.equals("/var") || point.equals("/dev/shm");
    }

    /** proc(5): blanks and backslashes stand as octal numbers. */
    static String unescaped(String text) {
        if (text.indexOf('\\') < 0) {
            return text;
        }
        return text.replace("\\040", " ").replace("\\011", "\t").replace("\\012", "\n").replace("\\134", "\\");
    }
}
