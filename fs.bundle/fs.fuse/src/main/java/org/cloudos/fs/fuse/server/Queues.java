package org.cloudos.fs.fuse.server;

import java.util.concurrent.TimeUnit;
import java.util.function.BiConsumer;
import org.cloudos.linux.LinuxException;
import org.cloudos.linux.fuse.FuseChannel;
import org.cloudos.linux.fuse.FuseQueues;

/**
 * A session's requests over io_uring, where the kernel has that and is allowed it. Whatever fails on the way there is told, and the mount goes
 * on with its channels.
 */
final class Queues {
    private final String folder;
    private final Settings settings;
    private final Dispatch dispatch;
    private final FuseChannel channel; // for notifications
    private final BiConsumer<String, Throwable> problems;
    private FuseQueues made; // and not registered; of the thread that answers FUSE_INIT
    private volatile FuseQueues queues; // null: the channels have all requests

    /** @param left of the session before, paused; null when there were none */
    Queues(String folder, Settings settings, Dispatch dispatch, FuseChannel channel, FuseQueues left, BiConsumer<String, Throwable> problems) {
        this.folder = folder;
        this.settings = settings;
        this.dispatch = dispatch;
        this.channel = channel;
        this.problems = problems;
        queues = left;
    }

    boolean inUse() {
        return queues != null;
    }

    /** Before the kernel hears that they are wanted: from then on it would wait for them. @return false when it is to go on without */
    boolean make() {
        if (settings.uring() == Settings.Uring.OFF) {
            return false;
        }
        int threads = settings.threads() == 1 ? 1 : Math.max(2, Math.ceilDiv(settings.threads(), Runtime.getRuntime().availableProcessors()));
        try {
            made = channel.queues(threads, Exchange.LARGEST_DATA, "fuse " + folder);
            return true;
        } catch (LinuxException e) {
            problems.accept(folder + " is served without io_uring: " + e.getMessage(), e);
            return false;
        }
    }

    /** After the kernel has heard it. */
    void register() {
        queues = made; // before a request is answered: who leaves or looks then has to see them
        try {
            made.register(this::answering);
            made = null;
        } catch (LinuxException e) {
            queues = null;
            problems.accept(folder + " is served without io_uring: " + e.getMessage(), e);
        }
    }

    /** Ends what was made and is not used. */
    void discard() {
        if (made != null) {
            made.close();
            made = null;
        }
    }

    private Runnable answering(FuseQueues.Slot slot) {
        Exchange x = new Exchange(slot, channel);
        return () -> {
            try {
                x.take();
                dispatch.handle(x);
            } catch (LinuxException | RuntimeException e) {
                problems.accept("a request for " + folder + " was not answered: " + e.getMessage(), e);
                throw new IllegalStateException(e);
            }
        };
    }

    /** Requests wait until {@link #resume}, of this or of the next session. @return false when those under way don't end: nothing has changed */
    boolean pause(long seconds) throws InterruptedException {
        return queues == null || queues.pause(TimeUnit.SECONDS.toMillis(seconds));
    }

    void resume() {
        if (queues != null) {
            queues.resume(this::answering);
        }
    }

    /** What the next session takes; null when there are none. */
    FuseQueues left() {
        return queues;
    }

    int running() {
        return queues == null ? 0 : queues.running();
    }

    void close() {
        if (queues != null) {
            queues.close();
        }
    }
}
