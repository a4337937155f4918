package org.cloudos.cli;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;
import static org.junit.jupiter.api.Assumptions.assumeTrue;

import java.io.File;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.attribute.PosixFilePermission;
import java.nio.file.attribute.PosixFilePermissions;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.concurrent.TimeUnit;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** An ordinary user, whom fusermount3 mounts for. Run by root it becomes the user 65534, with a /dev/fuse as most systems have it. */
class FsUserMountTest {
    private static final String AS_USER = "mkdir dev; mount -t tmpfs -o dev,mode=755 none dev; mknod dev/fuse c 10 229; "
            + "chmod 666 dev/fuse; mount --bind dev/fuse /dev/fuse; exec setpriv --reuid 65534 --regid 65534 --clear-groups $SEARCH bash -exc \"$STORY\"";
    /** For a Java runtime below root's own folder. */
    private static final String SEARCH = "--inh-caps=+dac_read_search --ambient-caps=+dac_read_search";
    private static final String STORY = """
            cloudos() { "$JAVA" -XX:TieredStopAtLevel=1 -XX:+UseSerialGC --enable-native-access=ALL-UNNAMED --sun-misc-unsafe-memory-access=allow \
              -cp "$CLASSES" org.cloudos.cli.Main fs "$@"; }
            end() { fusermount3 -u -z m 2>/dev/null || true; }
            trap end EXIT
            cd home; mkdir m
            cloudos mkfs image --size 64M
            cloudos mount image m
            grep -q ' fuse.cloudfs rw,nosuid,nodev,.*user_id=' /proc/mounts
            echo mine > m/file; mkdir m/d; ln m/file m/d/other; touch -d 2001-02-03 m/d
            cloudos snapshot create m before
            echo changed > m/file
            cloudos umount m
            [ ! -e m/file ]
            cloudos fsck --data image
            cloudos snapshot rollback image before
            cloudos mount image m
            [ "$(cat m/d/other)" = mine ]
            server=$(cloudos list --json | tr -d ' ' | grep -o '"pid":[0-9]*' | cut -d: -f2)
            kill -9 "$server"
            while cat m/file 2>/dev/null; do :; done
            if cloudos mount image m; then echo "mounted over a dead mount"; exit 1; fi
            cloudos umount m
            cloudos mount image m
            [ "$(cat m/file)" = mine ]
            cloudos umount m
            cloudos fsck --data image
            echo all is well
            """;
    @TempDir Path dir;

    @Test void aUserMountsHisOwnVolume() throws Exception {
        assumeTrue(Files.exists(Path.of("/dev/fuse")), "needs /dev/fuse");
        assumeTrue(Files.isExecutable(Path.of("/usr/bin/fusermount3")), "needs fusermount3");
        Path java = Path.of(System.getProperty("java.home"), "bin/java").toRealPath();
        boolean root = "root".equals(System.getProperty("user.name"));
        Files.setPosixFilePermissions(dir, PosixFilePermissions.fromString("rwxr-xr-x"));
        Files.setPosixFilePermissions(Files.createDirectory(dir.resolve("home")), PosixFilePermissions.fromString("rwxrwxrwx"));
        List<String> command = new ArrayList<>(root ? List.of("unshare", "--mount", "--propagation", "private", "bash", "-ec", AS_USER)
                : List.of("bash", "-exc", STORY));
        ProcessBuilder builder = new ProcessBuilder(command).directory(dir.toFile()).redirectErrorStream(true).redirectOutput(dir.resolve("said").toFile());
        builder.environment().putAll(Map.of("STORY", STORY, "JAVA", java.toString(), "CLASSES", classes(), "SEARCH", forAll(java) ? "" : SEARCH,
                "HOME", dir.resolve("home").toString(), "XDG_STATE_HOME", dir.resolve("home/state").toString()));
        Process process = builder.start();
        process.getOutputStream().close();
        boolean ended = process.waitFor(10, TimeUnit.MINUTES);
        String said = Files.readString(dir.resolve("said"));
        assertTrue(ended, said);
        assertEquals(0, process.exitValue(), said);
        assertTrue(said.contains("all is well"), said);
    }

    private static boolean forAll(Path file) throws IOException {
        for (Path p = file; p != null; p = p.getParent()) {
            if (!Files.getPosixFilePermissions(p).contains(PosixFilePermission.OTHERS_EXECUTE)) {
                return false;
            }
        }
        return true;
    }

    /** The class path where anybody can read it: Maven's folder may be root's alone. */
    private String classes() throws IOException {
        Path to = Files.createDirectory(dir.resolve("classes"));
        List<String> entries = new ArrayList<>();
        for (String entry : System.getProperty("java.class.path").split(File.pathSeparator)) {
            Path from = Path.of(entry);
            if (!Files.exists(from) || entry.contains("test-classes")) {
                continue;
            }
            Path copy = to.resolve(entries.size() + "-" + from.getFileName());
            try (Stream<Path> files = Files.walk(from)) {
                for (Path file : files.toList()) {
                    Files.copy(file, copy.resolve(from.relativize(file).toString()).normalize());
                }
            }
            entries.add(copy.toString());
        }
        try (Stream<Path> files = Files.walk(to)) {
            for (Path file : files.toList()) {
                Files.setPosixFilePermissions(file, PosixFilePermissions.fromString("rwxr-xr-x"));
            }
        }
        return String.join(File.pathSeparator, entries);
    }
}
