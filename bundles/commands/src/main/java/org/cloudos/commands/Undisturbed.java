package org.cloudos.commands;

import java.util.concurrent.Callable;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.FutureTask;

/**
 * Work that goes to its end although the session that asked for it ends: a change may stop the shell itself, and so
 * the thread in which its command runs.
 */
final class Undisturbed {
    private Undisturbed() { }

    /**
     * Waits for the work.
     *
     * @throws InterruptedException when the caller does not want to wait any longer; the work goes on
     */
    static <T> T call(Callable<T> work) throws Exception {
        FutureTask<T> task = new FutureTask<>(work);
        Thread.ofPlatform().name("bundle change").start(task);
        try {
            return task.get();
        } catch (ExecutionException e) {
            throw e.getCause() instanceof Exception cause ? cause : e;
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
            throw new InterruptedException("The change goes on; bundle:history will tell its outcome");
        }
    }
}
