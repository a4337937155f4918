package org.cloudos.fs.fuse.server;

import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Map;
import org.cloudos.fs.tmpfs.Volumes;
import org.cloudos.linux.ffm.MountCalls;

/** For trials by hand: mounts a volume in memory until it is unmounted. */
final class Served {
    private Served() { }

    public static void main(String[] args) throws Exception {
        var files = Volumes.make(Long.getLong("bytes", 4L << 30));
        Path folder = Files.createDirectories(Path.of(args[0]));
        Session session = Mounting.mount(new MountCalls(), "test", () -> files, folder, args.length > 1 ? Map.of("write-back", args[1]) : Map.of(),
                (text, cause) -> { System.err.println(text); cause.printStackTrace(); });
        System.err.println("mounted");
        session.await();
        System.err.println(session.mount());
    }
}
