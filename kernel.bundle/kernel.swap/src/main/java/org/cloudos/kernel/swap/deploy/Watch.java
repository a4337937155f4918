package org.cloudos.kernel.swap.deploy;

import java.time.Duration;
import java.util.concurrent.CancellationException;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.FutureTask;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.TimeoutException;

/**
 * Runs others' code in a thread of its own, so that code that hangs does not hang the change. The work announces its
 * steps, each with a limit: one thread does them all, since each hand-over between threads would add to the stall.
 */
final class Watch {
    /** Work that announces its steps. */
    interface Work {
        void run() throws Exception;
    }

    private volatile String step = "";
    private volatile Duration limit = Duration.ofSeconds(1);
    private volatile long deadline;
    private volatile boolean abandoned;

    /** Called by the work: what comes now, and how long it may take. Ends work that nobody waits for any more. */
    void step(String what, Duration most) {
        if (abandoned) throw new CancellationException(step + " took too long");
        step = what;
        limit = most;
        deadline = System.nanoTime() + most.toNanos();
    }

    /** @throws TimeoutException when a step did not end in time; the thread is interrupted */
    void run(Work work) throws Exception {
        step("start", limit);
        FutureTask<Void> task = new FutureTask<>(() -> {
            work.run();
            return null;
        });
        // Of the kind that a framework starts bundles in: threads that they make inherit from it.
        Thread thread = Thread.ofPlatform().name("swap").daemon(false).unstarted(task);
        // Not the class path's loader: libraries that ask it first would get the classes of the profile's version.
        thread.setContextClassLoader(ClassLoader.getPlatformClassLoader());
        thread.start();
        while (true) {
            try {
                task.get(Math.max(1, deadline - System.nanoTime()), TimeUnit.NANOSECONDS);
                return;
            } catch (ExecutionException e) {
                // An error of others' code is a failure of the change like any other: it must be taken back.
                throw e.getCause() instanceof Exception x ? x : e;
            } catch (TimeoutException e) {
                if (System.nanoTime() < deadline) continue; // a later step runs
                abandoned = true;
                thread.interrupt();
                throw new TimeoutException(step + " did not end within " + limit.toSeconds() + " s");
            } catch (InterruptedException e) {
                abandoned = true;
                thread.interrupt();
                throw e;
            }
        }
    }
}
