package org.cloudos.cli.fs;

import com.google.gson.Gson;
import com.google.gson.JsonSyntaxException;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardCopyOption;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.concurrent.TimeUnit;
import java.util.stream.Stream;
import org.cloudos.cli.Failure;
import org.cloudos.cli.Xdg;

/**
 * A mount that a process of this user serves, as it wrote it down.
 *
 * @param pid    of the process
 * @param images absolute paths
 * @param log    what it had to say
 */
public record Mounted(long pid, String folder, List<String> images, String volume, String socket, String log, String since) {
    private static final Gson JSON = new Gson();
    private static final int LONGEST_SOCKET = 100; // sun_path has 108 bytes
    private static final int CLOSING = 60; // seconds at most
    private static final String TYPE = " fuse.cloudfs ";

    public static Path states() throws IOException {
        return Files.createDirectories(Xdg.state().resolve("fs"));
    }

    static Path socketOf(long pid) throws IOException {
        Path socket = states().resolve(pid + ".socket");
        return socket.toString().length() <= LONGEST_SOCKET ? socket : Path.of(System.getProperty("java.io.tmpdir"), "cloudos-fs-" + pid + ".socket");
    }

    private static Path file(long pid) throws IOException {
        return states().resolve(pid + ".json");
    }

    void write() throws IOException {
        Path draft = states().resolve(pid + ".new");
        Files.writeString(draft, JSON.toJson(this));
        Files.move(draft, file(pid), StandardCopyOption.ATOMIC_MOVE);
    }

    /** The mount is no more. Its log stays when there is something in it. */
    void forget() throws IOException {
        Files.deleteIfExists(file(pid));
        Files.deleteIfExists(Path.of(socket));
        if (!log.isEmpty() && Files.exists(Path.of(log)) && Files.size(Path.of(log)) == 0) {
            Files.delete(Path.of(log));
        }
    }

    /** For work on volumes that nobody has open. */
    public static void refuse(Path image) throws IOException {
        Optional<Mounted> mounted = find(image);
        for (int i = 0; i < CLOSING && mounted.isPresent() && !mounted.get().isInTree(); i++) {
            try {
                ProcessHandle.of(mounted.get().pid).ifPresent(p -> p.onExit().completeOnTimeout(p, 1, TimeUnit.SECONDS).join());
            } finally {
                mounted = find(image);
            }
        }
        if (mounted.isPresent()) {
            throw new Failure(image + " is mounted on " + mounted.get().folder, "./cloudos fs umount " + mounted.get().folder);
        }
    }

    /** Whether Linux has it mounted: after umount(8) its process still writes what waits, and closes the image. */
    private boolean isInTree() throws IOException {
        return isInTree(Path.of(folder));
    }

    /** Whether Linux has a volume mounted on a folder, be its process alive or not. */
    public static boolean isInTree(Path folder) throws IOException {
        String name = folder.toAbsolutePath().normalize().toString();
        String place = " " + name.replace("\\", "\\134").replace(" ", "\\040").replace("\t", "\\011").replace("\n", "\\012") + TYPE;
        return new String(Files.readAllBytes(Path.of("/proc/mounts")), StandardCharsets.UTF_8).contains(place);
    }

    /** Whether its process runs; one that has ended and that nobody has waited for yet (a zombie) does not. */
    public boolean alive() {
        try {
            String stat = Files.readString(Path.of("/proc", Long.toString(pid), "stat"));
            return "ZX".indexOf(stat.charAt(stat.lastIndexOf(')') + 2)) < 0; // proc_pid_stat(5): PID (NAME) STATE
        } catch (IOException e) {
            return false;
        }
    }

    /** All whose process lives; what others left is removed. */
    public static List<Mounted> all() throws IOException {
        List<Mounted> all = new ArrayList<>();
        try (Stream<Path> files = Files.list(states())) {
            for (Path file : files.filter(f -> f.toString().endsWith(".json")).sorted().toList()) {
                try {
                    Mounted m = JSON.fromJson(Files.readString(file), Mounted.class);
                    if (m != null && m.alive()) {
                        all.add(m);
                    } else if (m != null && m.socket != null && m.log != null) {
                        m.forget();
                    } else {
                        Files.deleteIfExists(file);
                    }
                } catch (JsonSyntaxException e) {
                    Files.deleteIfExists(file);
                }
            }
        }
        return all;
    }

    /** By its folder or one of its images. */
    public static Optional<Mounted> find(Path path) throws IOException {
        String name = path.toAbsolutePath().normalize().toString();
        String real = Files.exists(path) ? path.toRealPath().toString() : name;
        return all().stream().filter(m -> m.folder.equals(real) || m.folder.equals(name) || m.images.contains(real) || m.images.contains(name)).findFirst();
    }
}
