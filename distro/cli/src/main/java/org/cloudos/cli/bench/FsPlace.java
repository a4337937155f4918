package org.cloudos.cli.bench;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import org.cloudos.cli.Failure;

/**
 * A file system on a new image file, mounted: CloudFS through FUSE, or one of Linux's own on a loop device past the page cache. {@code bindfs} is a
 * tmpfs through the FUSE server of that name.
 */
final class FsPlace implements AutoCloseable {
    private static final Path URING = Path.of("/sys/module/fuse/parameters/enable_uring");

    private final String type;
    private final Path folder;

    private FsPlace(String type, Path folder) {
        this.type = type;
        this.folder = folder;
    }

    static FsPlace of(String type, Path scratch, String size) throws IOException, InterruptedException {
        Path image = scratch.resolve(type + ".img"), folder = Files.createDirectories(scratch.resolve(type));
        Files.deleteIfExists(image);
        if (type.equals("cloudfs")) {
            cloudos("fs", "mkfs", "-q", image.toString(), "--size", size);
            mountCloudFs(image, folder);
        } else if (type.equals("bindfs")) {
            run("mount", "-t", "tmpfs", "none", folder.toString());
            run("bindfs", folder.toString(), folder.toString());
        } else {
            run("truncate", "-s", size, image.toString());
            run("mkfs." + type, type.equals("ext4") ? "-qF" : type.equals("btrfs") ? "-q" : "-q", image.toString());
            String loop = run("losetup", "--find", "--show", "--direct-io=on", image.toString()).strip();
            try {
                run("mount", "-o", "noatime", loop, folder.toString());
            } finally {
                run("losetup", "-d", loop); // goes with the mount
            }
        }
        return new FsPlace(type, folder);
    }

    /** With requests over io_uring where the kernel has it: that setting is for the whole machine, and stays as it was. */
    private static void mountCloudFs(Path image, Path folder) throws IOException, InterruptedException {
        if (!Files.isWritable(URING)) {
            cloudos("fs", "mount", "-q", image.toString(), folder.toString());
            return;
        }
        String before = Files.readString(URING);
        try {
            cloudos("fs", "mount", "-q", "-o", "uring=on", image.toString(), folder.toString());
        } finally {
            Files.writeString(URING, before);
        }
    }

    Path folder() {
        return folder;
    }

    /** This same command, in a JVM of its own. */
    static void cloudos(String... arguments) throws IOException, InterruptedException {
        List<String> command = new ArrayList<>(java());
        command.add("org.cloudos.cli.Main");
        command.addAll(List.of(arguments));
        run(command.toArray(String[]::new));
    }

    static List<String> java() {
        return List.of(System.getProperty("java.home") + "/bin/java", "-XX:+UseSerialGC", "-Xms32m", "-Xmn16m", "-XX:MinHeapFreeRatio=10",
                "-XX:MaxHeapFreeRatio=20", "--enable-native-access=ALL-UNNAMED", "--sun-misc-unsafe-memory-access=allow",
                "-Duser.home=" + System.getProperty("user.home"), "-Dcloudos.root=" + System.getProperty("cloudos.root", ""),
                "-cp", System.getProperty("java.class.path"));
    }

    static String run(String... command) throws IOException, InterruptedException {
        Process process = new ProcessBuilder(command).redirectError(ProcessBuilder.Redirect.INHERIT).start();
        process.getOutputStream().close();
        String said = new String(process.getInputStream().readAllBytes());
        if (process.waitFor() != 0) {
            throw new Failure(String.join(" ", command) + " failed: " + said.strip());
        }
        return said;
    }

    @Override public void close() throws IOException {
        try {
            if (type.equals("cloudfs")) {
                cloudos("fs", "umount", "-q", folder.toString());
            } else {
                run("umount", folder.toString());
                if (type.equals("bindfs")) {
                    run("umount", folder.toString()); // the tmpfs under it
                }
            }
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
        }
    }
}
