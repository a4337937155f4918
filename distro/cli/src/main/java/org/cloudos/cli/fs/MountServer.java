package org.cloudos.cli.fs;

import java.io.IOException;
import java.io.PrintStream;
import java.nio.file.Path;
import java.time.Instant;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.concurrent.TimeUnit;
import org.cloudos.cli.Failure;
import org.cloudos.fs.cloudfs.CloudFs;
import org.cloudos.fs.fuse.server.Mounting;
import org.cloudos.fs.fuse.server.Session;
import org.cloudos.linux.LinuxException;
import org.cloudos.linux.ffm.MountCalls;

/**
 * The process that serves a mount, from opening the image to closing it: which comes when anybody unmounts the folder, or by SIGTERM or
 * SIGINT. Dies it otherwise, then programs get errors and what was acknowledged is on the image.
 */
public final class MountServer {
    private static final List<String> FUSE_OPTIONS = List.of("allow-other", "write-back", "threads", "cache", "uring", "nosuid", "nodev", "noexec");
    private static final long QUIT_MILLIS = 20_000;

    private final List<Path> images;
    private final Path folder;
    private final String snapshot;
    private final Map<String, String> volumeOptions = new HashMap<>();
    private final Map<String, String> fuseOptions = new HashMap<>();
    private final PrintStream problems;
    private final MountCalls linux = new MountCalls();
    private volatile boolean ended;

    /** @param options of the volume and of FUSE; and {@code snapshot=NAME}, to mount that, or a clone, in place of the volume's own files */
    public MountServer(List<Path> images, Path folder, Map<String, String> options, PrintStream problems) {
        this.images = images;
        this.folder = folder;
        this.problems = problems;
        options.forEach((name, value) -> (FUSE_OPTIONS.contains(name) ? fuseOptions : volumeOptions).put(name, value));
        snapshot = volumeOptions.remove("snapshot");
        fuseOptions.put("source", images.getFirst().toAbsolutePath().toString());
    }

    /**
     * Serves until the end.
     *
     * @param ready is run once programs can use the folder
     */
    public void serve(String log, Runnable ready) throws IOException, InterruptedException {
        OldGarbage.bound();
        boolean readOnly = "true".equals(volumeOptions.get("ro")) || "".equals(volumeOptions.get("ro"));
        try (Images opened = Images.open(images, readOnly); CloudFs cloud = new CloudFs()) {
            String volume = cloud.volumes().open(opened.devices(), volumeOptions);
            String shown = snapshot == null ? volume : cloud.snapshots().open(volume, snapshot);
            Session session = Mounting.mount(linux, shown, () -> cloud.files(shown), folder, fuseOptions, this::tell);
            long pid = ProcessHandle.current().pid();
            Mounted mounted = new Mounted(pid, folder.toRealPath().toString(), images.stream().map(i -> real(i).toString()).toList(), volume,
                    Mounted.socketOf(pid).toString(), log, Instant.now().toString());
            Thread hook = new Thread(() -> stop(session, cloud, mounted), "stop");
            Runtime.getRuntime().addShutdownHook(hook);
            try (Control _ = new Control(Path.of(mounted.socket()), new Work(cloud, volume, opened))) {
                mounted.write();
                ready.run();
                session.await();
            } finally {
                close(cloud, volume);
                mounted.forget();
                ended = true;
            }
        }
    }

    private void close(CloudFs cloud, String volume) throws IOException {
        if (cloud.files(volume) != null) {
            cloud.type().close(volume, true);
        }
    }

    /** SIGTERM: out of the tree at once; who has files open gets errors, what they wrote is kept. */
    private void stop(Session session, CloudFs cloud, Mounted mounted) {
        try {
            if (!session.hasEnded()) {
                try {
                    linux.unmount(mounted.folder(), false);
                } catch (LinuxException e) {
                    new ProcessBuilder("sync", "-f", mounted.folder()).start().waitFor(QUIT_MILLIS, TimeUnit.MILLISECONDS); // what the kernel holds back
                    linux.unmount(mounted.folder(), true);
                    session.await(1000);
                }
            }
            for (long end = System.currentTimeMillis() + QUIT_MILLIS; !ended && session.await(QUIT_MILLIS) && System.currentTimeMillis() < end;) {
                Thread.sleep(20);
            }
            close(cloud, mounted.volume());
            mounted.forget();
        } catch (IOException e) {
            tell("stop: " + e.getMessage(), e);
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
        }
    }

    private static Path real(Path path) {
        try {
            return path.toRealPath();
        } catch (IOException e) {
            throw new Failure(path + " is gone", e);
        }
    }

    private void tell(String text, Throwable cause) {
        problems.println(Instant.now() + " " + text);
        if (!(cause instanceof IOException)) {
            cause.printStackTrace(problems);
        }
        problems.flush();
    }
}
