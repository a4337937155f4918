package org.cloudos.fs.cloudfs;

import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.Map;
import java.util.function.LongSupplier;
import org.cloudos.fs.Errno;
import org.cloudos.fs.FsException;
import org.cloudos.fs.Options;
import org.cloudos.fs.cloudfs.volume.Settings;

/**
 * A volume's options of {@code mount -o}.
 *
 * @param settings   {@code ro}, {@code memory=64m}, {@code commit=5}: seconds, {@code discard}, {@code degraded}
 * @param passphrase {@code passphrase-file=PATH}: its first line; or null
 * @param dropLog    {@code log=drop}: opens a volume whose log is damaged, without what was in it
 * @param force      {@code force}: opens a volume that another machine seems to have open
 */
record MountOptions(Settings settings, char[] passphrase, boolean dropLog, boolean force) {
    private static final List<String> KNOWN = List.of("ro", "rw", "memory", "commit", "discard", "passphrase-file", "log", "force", "degraded");
    private static final long LEAST_MEMORY = 8L << 20, MOST_MEMORY = 1L << 40;
    private static final int COMMIT = 5, MOST_COMMIT = 300;
    private static final long NANOS = 1_000_000_000L;

    static MountOptions parse(Map<String, String> options, LongSupplier clock) throws FsException {
        Options given = new Options("cloudfs", options, KNOWN);
        long memory = given.bytes("memory", Settings.MEMORY), commit = given.number("commit", COMMIT, 10);
        if (memory < LEAST_MEMORY || memory > MOST_MEMORY) {
            throw new FsException.Refused(Errno.EINVAL, "cloudfs option memory: expected 8m to 1t, found \"" + options.get("memory") + "\"");
        }
        if (commit < 1 || commit > MOST_COMMIT) {
            throw new FsException.Refused(Errno.EINVAL, "cloudfs option commit: expected 1 to " + MOST_COMMIT + " seconds, found \"" + commit + "\"");
        }
        String log = options.get("log");
        if (log != null && !log.equals("drop")) {
            throw new FsException.Refused(Errno.EINVAL, "cloudfs option log: expected drop, found \"" + log + "\"");
        }
        Settings s = Settings.memory(memory, clock);
        Settings settings = new Settings(given.flag("ro"), s.cacheBytes(), s.dirtyBytes(), commit * NANOS, clock, given.flag("discard"),
                given.flag("degraded"));
        return new MountOptions(settings, passphrase(options.get("passphrase-file")), log != null, given.flag("force"));
    }

    private static char[] passphrase(String file) throws FsException {
        if (file == null) {
            return null;
        }
        try {
            String text = StandardCharsets.UTF_8.decode(ByteBuffer.wrap(Files.readAllBytes(Path.of(file)))).toString();
            return text.lines().findFirst().orElse("").toCharArray();
        } catch (IOException e) {
            throw new FsException.Refused(Errno.EINVAL, "cloudfs option passphrase-file: " + file + " can't be read (" + e + ")");
        }
    }
}
