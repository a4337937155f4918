package org.cloudos.linux.ffm;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.TimeUnit;
import java.util.function.Function;
import org.cloudos.linux.LinuxException;
import org.cloudos.linux.fuse.FuseQueues;

/** The threads of {@link FuseQueues}. They stay when the server changes: what a thread has registered with the kernel ends with the thread. */
final class FuseRings implements FuseQueues {
    private static final Path PROCESSORS = Path.of("/sys/devices/system/cpu/possible");

    private final List<FuseRing> rings = new ArrayList<>();
    private final CountDownLatch go = new CountDownLatch(1);
    private final EventFd end = new EventFd();
    private boolean closed; // guarded by this
    private volatile Function<Slot, Runnable> server; // null: requests wait; set under this

    /** @throws LinuxException when a ring can't be made: none is left */
    FuseRings(int device, int threads, int largest, String name) throws LinuxException {
        try {
            int queues = queues();
            for (int i = 0; i < queues * threads; i++) {
                rings.add(new FuseRing(this, device, i % queues, largest, name + " queue " + i % queues + "." + i / queues));
            }
            for (FuseRing ring : rings) {
                ring.made();
            }
        } catch (LinuxException | RuntimeException | Error e) {
            close();
            throw e;
        }
    }

    /** As the kernel counts them: processors that may come are among them, such as {@code 0-1,4}. */
    private static int queues() throws LinuxException {
        try {
            int count = 0;
            for (String range : Files.readString(PROCESSORS).strip().split(",")) {
                String[] ends = range.split("-");
                count += Integer.parseInt(ends[ends.length - 1]) - Integer.parseInt(ends[0]) + 1;
            }
            return count;
        } catch (IOException | NumberFormatException e) {
            throw new LinuxException(PROCESSORS.toString(), Libc.ENOSYS, "expected the numbers of processors: " + e.getMessage());
        }
    }

    @Override public void register(Function<Slot, Runnable> wanted) throws LinuxException {
        server = wanted;
        go.countDown();
        for (FuseRing ring : rings) {
            ring.registered();
        }
    }

    /** Waits for {@link #register}. @return false when it is closed instead */
    boolean mayRegister() throws InterruptedException {
        go.await();
        synchronized (this) {
            return !closed;
        }
    }

    /** What can be read when it is closed. */
    int end() {
        return end.descriptor();
    }

    /** Who answers; null when nobody does at the moment. */
    Function<Slot, Runnable> server() {
        return server;
    }

    /** Waits for a server. @return false when there will be none */
    synchronized boolean awaitServer() throws InterruptedException {
        while (server == null && !closed) {
            wait();
        }
        return server != null;
    }

    @Override public boolean pause(long millis) throws InterruptedException {
        Function<Slot, Runnable> before = server;
        server = null;
        long end = System.nanoTime() + TimeUnit.MILLISECONDS.toNanos(millis);
        for (FuseRing ring : rings) {
            while (ring.busy()) {
                if (System.nanoTime() > end) {
                    resume(before);
                    return false;
                }
                Thread.sleep(1);
            }
        }
        return true;
    }

    @Override public synchronized void resume(Function<Slot, Runnable> next) {
        server = next;
        notifyAll();
    }

    @Override public int running() {
        return (int) rings.stream().filter(FuseRing::isAlive).count();
    }

    @Override public void close() {
        synchronized (this) {
            if (closed) {
                return;
            }
            closed = true;
            notifyAll();
        }
        go.countDown();
        try {
            end.add();
        } catch (LinuxException e) {
            throw new IllegalStateException("threads of FUSE can't be told to end: their memory must stay", e);
        }
        rings.forEach(FuseRing::join);
        end.close();
    }
}
