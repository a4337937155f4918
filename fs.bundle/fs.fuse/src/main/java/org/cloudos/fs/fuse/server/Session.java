package org.cloudos.fs.fuse.server;

import java.io.IOException;
import java.lang.foreign.Arena;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Instant;
import java.util.ArrayList;
import java.util.List;
import java.util.UUID;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.function.BiConsumer;
import java.util.function.Supplier;
import org.cloudos.fs.FileSystem;
import org.cloudos.fs.FsException;
import org.cloudos.fs.fuse.FuseMount;
import org.cloudos.linux.LinuxException;
import org.cloudos.linux.fuse.FuseChannel;

/**
 * A mount from its first request to its last. Ends when it is unmounted, whoever does it, or when it is {@link #leave left} to another
 * session on the same channels: requests wait in the kernel meanwhile.
 */
public final class Session {
    private static final long LEAVE_SECONDS = 20;

    private final String folder;
    private final String volumeName;
    private final Serving serving;
    private final Dispatch dispatch;
    private final BiConsumer<String, Throwable> problems;
    private final Arena arena = Arena.ofShared();
    private final Notices notices;
    private final Queues queues;
    private final Instant since;
    private final CountDownLatch ended = new CountDownLatch(1);
    private final Baton baton;
    private final List<FuseChannel> channels = new ArrayList<>(); // guarded by this
    private int running; // workers; guarded by this
    private final AtomicInteger waking = new AtomicInteger();
    private volatile boolean leaving;
    private volatile String protocol;
    private volatile Throwable failure;

    /**
     * Begins to serve.
     *
     * @param baton  a new mount's, or what another session left
     * @param volume gives the volume's service
     */
    Session(Baton baton, Supplier<FileSystem> volume, Serving.Changes changes, BiConsumer<String, Throwable> problems) {
        this.baton = baton;
        List<FuseChannel> given = baton.take();
        this.folder = baton.folder();
        this.volumeName = baton.volume();
        this.protocol = baton.protocol();
        this.since = baton.since();
        this.problems = problems;
        Settings settings = Settings.of(baton.options(), volumeName);
        serving = new Serving(volume, new KnownNodes(), settings, changes, new Serving.Counters(), new Removals(settings.threads()),
                ".probe-" + UUID.randomUUID());
        serving.known().restore(baton.known());
        dispatch = new Dispatch(serving, problems);
        notices = new Notices(given.getFirst(), folder);
        queues = new Queues(folder, settings, dispatch, given.getFirst(), baton.queues(), problems);
        synchronized (this) {
            given.forEach(this::work);
            if (!protocol.isEmpty()) {
                try {
                    widen();
                } catch (LinuxException e) {
                    problems.accept(folder + " is served by " + running + " threads", e);
                }
            }
        }
        queues.resume();
    }

    /** Preconditions: this is locked. */
    private void work(FuseChannel channel) {
        channels.add(channel);
        running++;
        Thread.ofPlatform().daemon().name("fuse " + folder + " " + channels.size()).start(() -> serve(channel));
    }

    /** Starts the other workers; with queues the channel has next to nothing to say. Preconditions: this is locked. */
    private void widen() throws LinuxException {
        while (running < (queues.inUse() ? 1 : serving.settings().threads()) && !leaving) {
            work(channels.getFirst().another());
        }
    }

    private void serve(FuseChannel channel) {
        try {
            Exchange x = new Exchange(arena, channel);
            while (!leaving) {
                if (queues.inUse() && !channel.await()) {
                    continue;
                }
                if (!x.receive()) {
                    break;
                }
                if (x.opcode() == Opcode.INIT) {
                    begin(x, channel);
                } else {
                    dispatch.handle(x);
                }
            }
        } catch (LinuxException | FsException | RuntimeException | Error e) {
            failure = e;
            problems.accept("a thread that served " + folder + " ended: " + e.getMessage(), e);
        } finally {
            if (!leaving) {
                queues.close();
            }
            workerEnded();
        }
    }

    private void begin(Exchange x, FuseChannel channel) throws FsException, LinuxException {
        FileSystem files = serving.files();
        try {
            Handshake.Agreed agreed = Handshake.answer(x, serving.settings(), Rights.keepsAttributes(files), queues::make);
            protocol = agreed.protocol();
            if (agreed.queues()) {
                queues.register();
            }
        } finally {
            queues.discard();
        }
        if (!protocol.isEmpty()) {
            synchronized (this) {
                widen();
            }
        }
    }

    private synchronized FuseChannel channel() {
        return channels.getFirst();
    }

    private synchronized void workerEnded() {
        if (--running > 0) {
            return;
        }
        notices.close();
        if (!leaving) {
            FileSystem files = serving.volume().get();
            if (files != null) {
                serving.known().clear(files);
            }
            channels.forEach(FuseChannel::close);
        }
        arena.close();
        ended.countDown();
    }

    /**
     * Ends the workers, and leaves the mount to whoever takes the baton.
     *
     * @throws IllegalStateException when a request doesn't end: this session goes on
     */
    Baton leave() throws LinuxException, InterruptedException {
        if (!queues.pause(LEAVE_SECONDS)) {
            throw stillRunning();
        }
        leaving = true;
        long end = System.nanoTime() + TimeUnit.SECONDS.toNanos(LEAVE_SECONDS);
        while (ended.getCount() > 0 && System.nanoTime() < end) {
            wake();
            ended.await(5, TimeUnit.MILLISECONDS);
        }
        synchronized (this) {
            if (running > 0) {
                leaving = false;
                widen();
                queues.resume();
                throw stillRunning();
            }
            baton.put(channels, protocol, serving.known().all(), queues.left());
            return baton;
        }
    }

    private IllegalStateException stillRunning() {
        return new IllegalStateException("requests of " + folder + " are still running after " + LEAVE_SECONDS + " s");
    }

    /**
     * No interrupt ends a wait in the kernel; a request does: one for the free space, which the kernel never answers itself, wakes one
     * worker. Those that come when all are gone are the next session's.
     */
    private void wake() throws LinuxException {
        if (queues.inUse()) {
            channel().wake();
            return;
        }
        while (waking.get() < running()) {
            waking.incrementAndGet();
            Thread.ofPlatform().daemon().name("fuse " + folder + " leaves").start(() -> {
                try {
                    Files.getFileStore(Path.of(folder)).getTotalSpace();
                } catch (IOException e) {
                    // unmounted meanwhile; and where it can't be reached, leave() says that workers are still there
                } finally {
                    waking.decrementAndGet();
                }
            });
        }
    }

    private synchronized int running() {
        return running;
    }

    /** What others changed. */
    Notices notices() {
        return notices;
    }

    /** A name in the root folder that can be looked up and opened, and is not there. */
    String probe() {
        return serving.probe();
    }

    String folder() {
        return folder;
    }

    String volume() {
        return volumeName;
    }

    /** Whether it is unmounted, or left. */
    public boolean hasEnded() {
        return ended.getCount() == 0;
    }

    /** Waits for the end. @throws LinuxException when it ended because the device failed */
    public void await() throws InterruptedException, LinuxException {
        ended.await();
        if (failure instanceof LinuxException e) {
            throw e;
        }
    }

    /** Waits at most so long. @return whether it ended */
    public boolean await(long millis) throws InterruptedException {
        return ended.await(millis, TimeUnit.MILLISECONDS);
    }

    /** How it is now. */
    public FuseMount mount() {
        Serving.Counters c = serving.counters();
        return new FuseMount(folder, volumeName, serving.settings().source(), protocol + (queues.inUse() ? " io_uring" : ""), since,
                running() + queues.running(), c.requests.sum(), c.failed.sum(),
                c.read.sum(), c.written.sum(), serving.known().size());
    }
}
