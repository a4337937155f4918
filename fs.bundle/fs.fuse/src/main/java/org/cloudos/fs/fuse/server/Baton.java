package org.cloudos.fs.fuse.server;

import java.io.IOException;
import java.time.Duration;
import java.time.Instant;
import java.util.List;
import java.util.Map;
import java.util.concurrent.atomic.AtomicReference;
import java.util.function.Consumer;
import org.cloudos.linux.fuse.FuseChannel;
import org.cloudos.linux.fuse.FuseQueues;
import org.cloudos.linux.fuse.FuseMounts;

/**
 * A mount between two sessions, which may be of two versions of this bundle: its parts are of types that both see. Who takes the channels
 * serves the mount; while nobody has them, requests wait in the kernel.
 */
final class Baton {
    private static final int FOLDER = 0, VOLUME = 1, OPTIONS = 2, SINCE = 3, LEFT = 4, PARTS = 5;
    // What was left, in a reference that is null while somebody serves: an array of the channels, the protocol, the known nodes and the queues.
    private static final int CHANNELS = 0, PROTOCOL = 1, KNOWN = 2, QUEUES = 3;

    private final Object[] parts;
    private Object[] left; // what take took, until it is put back

    /** A new mount. */
    Baton(String folder, String volume, Map<String, String> options, Instant since, FuseChannel channel) {
        this(new Object[] {folder, volume, options, since, new AtomicReference<>(new Object[] {new FuseChannel[] {channel}, "", new long[0], null})});
    }

    /** @throws IllegalArgumentException when they are not what {@link #parts} gives */
    Baton(Object[] parts) {
        if (parts.length != PARTS || !(parts[LEFT] instanceof AtomicReference<?>) || !(parts[OPTIONS] instanceof Map<?, ?>)) {
            throw new IllegalArgumentException("FUSE mount: expected " + PARTS + " parts, found " + parts.length);
        }
        this.parts = parts;
        left = reference().get();
    }

    Object[] parts() {
        return parts;
    }

    @SuppressWarnings("unchecked") private AtomicReference<Object[]> reference() {
        return (AtomicReference<Object[]>) parts[LEFT];
    }

    String folder() {
        return (String) parts[FOLDER];
    }

    String volume() {
        return (String) parts[VOLUME];
    }

    @SuppressWarnings("unchecked") Map<String, String> options() {
        return (Map<String, String>) parts[OPTIONS];
    }

    Instant since() {
        return (Instant) parts[SINCE];
    }

    String protocol() {
        return (String) left[PROTOCOL];
    }

    long[] known() {
        return (long[]) left[KNOWN];
    }

    /** The channels, for who serves from now on. @throws IllegalStateException when somebody does */
    List<FuseChannel> take() {
        left = reference().getAndSet(null);
        if (left == null) {
            throw new IllegalStateException(folder() + " is served already, or was unmounted");
        }
        return List.of((FuseChannel[]) left[CHANNELS]);
    }

    /** Paused; null when the channels have all requests. */
    FuseQueues queues() {
        return queues(left);
    }

    /** A version before this knew of none. */
    private static FuseQueues queues(Object[] left) {
        return left.length > QUEUES ? (FuseQueues) left[QUEUES] : null;
    }

    void put(List<FuseChannel> channels, String protocol, long[] known, FuseQueues queues) {
        left = new Object[] {channels.toArray(FuseChannel[]::new), protocol, known, queues};
        reference().set(left);
    }

    /** Unmounts if nobody took it meanwhile. */
    void giveUpAfter(Duration grace, FuseMounts linux, Consumer<String> said) {
        try {
            Thread.sleep(grace);
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
        }
        giveUp(linux, said);
    }

    /** Unmounts, if nobody serves: its users get errors from now on. */
    void giveUp(FuseMounts linux, Consumer<String> said) {
        Object[] mine = reference().getAndSet(null);
        if (mine == null) {
            return;
        }
        if (queues(mine) != null) {
            queues(mine).close();
        }
        for (FuseChannel channel : (FuseChannel[]) mine[CHANNELS]) {
            channel.close(); // the last one ends all waiting
        }
        try {
            linux.unmount(folder(), true);
            said.accept(folder() + " is unmounted");
        } catch (IOException e) {
            said.accept(folder() + " could not be unmounted: " + e.getMessage());
        }
    }
}
