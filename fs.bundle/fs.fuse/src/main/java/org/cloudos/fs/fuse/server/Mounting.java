package org.cloudos.fs.fuse.server;

import java.io.IOException;
import java.nio.channels.FileChannel;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardOpenOption;
import java.time.Instant;
import java.util.EnumSet;
import java.util.Map;
import java.util.Set;
import java.util.function.BiConsumer;
import java.util.function.Supplier;
import org.cloudos.fs.FileSystem;
import org.cloudos.linux.LinuxException;
import org.cloudos.linux.fuse.FuseChannel;
import org.cloudos.linux.fuse.FuseMounts;

/** Mounts a volume; for {@link FuseServer}, and for programs without a framework. */
public final class Mounting {
    private static final Path OFFERED = Path.of("/sys/module/fuse/parameters/enable_uring");

    private Mounting() { }

    /**
     * Mounts.
     *
     * @param volumeName of the volume
     * @param volume     gives its service; asked at each request
     * @param folder     of Linux, that is there
     * @param options    as {@link org.cloudos.fs.fuse.FuseExports#options}
     * @param problems   hears of damage, failing devices and faults of ours
     */
    public static Session mount(FuseMounts linux, String volumeName, Supplier<FileSystem> volume, Path folder, Map<String, String> options,
            BiConsumer<String, Throwable> problems) throws IOException {
        return mount(linux, volumeName, volume, folder, options, Serving.Changes.NONE, problems);
    }

    static Session mount(FuseMounts linux, String volumeName, Supplier<FileSystem> volume, Path folder, Map<String, String> options,
            Serving.Changes changes, BiConsumer<String, Throwable> problems) throws IOException {
        FileSystem files = volume.get();
        if (files == null) {
            throw new IllegalArgumentException("volume: expected an open one, found " + volumeName);
        }
        Settings settings = Settings.of(options, volumeName);
        if (!Files.isDirectory(folder)) {
            throw new IOException(folder + ": expected a folder to mount on, found " + (Files.exists(folder) ? "something else" : "nothing"));
        }
        String path = folder.toRealPath().toString();
        if (settings.uring() == Settings.Uring.ON) {
            offerQueues();
        }
        FuseChannel channel;
        try {
            channel = linux.mount(path, settings.source(), files.info().type(), flags(settings, files.info().readOnly()));
        } catch (LinuxException e) {
            throw new IOException(e.getMessage() + advice(e), e);
        }
        Session session = new Session(new Baton(path, volumeName, settings.options(), Instant.now(), channel), volume, changes, problems);
        firstOpen(Path.of(path, session.probe()));
        return session;
    }

    /**
     * The kernel learns from the answer to its first OPEN that files need be neither opened nor released here: two requests less for each. A
     * new volume has no file that a program would open, so it gets one that is not there.
     */
    private static void firstOpen(Path probe) {
        try {
            FileChannel.open(probe, StandardOpenOption.READ).close();
        } catch (IOException e) {
            // unmounted by somebody else already; or learned later, from a program's open
        }
    }

    /** For all mounts of this machine from now on: the kernel's setting knows no single one. */
    private static void offerQueues() throws IOException {
        if (!Files.exists(OFFERED)) {
            throw new IOException("uring: expected a kernel with FUSE over io_uring (Linux 6.14, CONFIG_FUSE_IO_URING), found none in " + OFFERED);
        }
        if (!Files.readString(OFFERED).startsWith("Y")) {
            try {
                Files.writeString(OFFERED, "Y");
            } catch (IOException e) {
                throw new IOException("uring: the kernel does not offer it, and only root can have it do so: echo Y > " + OFFERED, e);
            }
        }
    }

    private static String advice(LinuxException e) {
        return switch (e.errno()) {
            case 2, 6, 19 -> ". Linux has no FUSE here: modprobe fuse";
            case 107 -> ". A mount whose program has died is there: unmount it (fusermount3 -u, or umount as root)";
            default -> "";
        };
    }

    private static Set<FuseMounts.Flag> flags(Settings settings, boolean readOnlyVolume) {
        Set<FuseMounts.Flag> flags = EnumSet.of(FuseMounts.Flag.DEFAULT_PERMISSIONS);
        if (settings.readOnly() || readOnlyVolume) {
            flags.add(FuseMounts.Flag.READ_ONLY);
        }
        if (settings.allowOther()) {
            flags.add(FuseMounts.Flag.ALLOW_OTHER);
        }
        for (String restriction : settings.restrictions()) {
            flags.add(switch (restriction) {
                case "nosuid" -> FuseMounts.Flag.NO_SET_ID;
                case "nodev" -> FuseMounts.Flag.NO_DEVICES;
                default -> FuseMounts.Flag.NO_EXECUTION;
            });
        }
        return flags;
    }
}
