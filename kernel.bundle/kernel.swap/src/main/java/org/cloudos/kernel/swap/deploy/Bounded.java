package org.cloudos.kernel.swap.deploy;

import java.time.Duration;
import java.util.concurrent.Callable;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.FutureTask;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.TimeoutException;

/** Calls others' code in a thread of its own, so that code that hangs does not hang the change. */
final class Bounded {
    private Bounded() { }

    /**
     * @param what for the message
     * @throws TimeoutException when it did not end; the thread is interrupted
     */
    static <T> T call(String what, Duration limit, Callable<T> work) throws Exception {
        FutureTask<T> task = new FutureTask<>(work);
        // Of the kind that a framework starts bundles in: threads that they make inherit from it.
        Thread thread = Thread.ofPlatform().name("swap: " + what).daemon(false).start(task);
        try {
            return task.get(limit.toNanos(), TimeUnit.NANOSECONDS);
        } catch (ExecutionException e) {
            switch (e.getCause()) {
                case Exception x -> throw x;
                case Error x -> throw x;
                default -> throw e;
            }
        } catch (TimeoutException e) {
            thread.interrupt();
            throw new TimeoutException(what + " did not end within " + limit.toSeconds() + " s");
        } catch (InterruptedException e) {
            thread.interrupt();
            throw e;
        }
    }
}
