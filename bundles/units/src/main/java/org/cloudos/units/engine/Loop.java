package org.cloudos.units.engine;

import java.util.ArrayDeque;
import java.util.PriorityQueue;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.locks.Condition;
import java.util.concurrent.locks.ReentrantLock;
import java.util.function.LongSupplier;

/** The one thread of the units: tasks in order, and timers. {@link #post} and {@link #call} are thread-safe, timers belong to the thread. */
public final class Loop implements AutoCloseable {
    private static final long LONGEST_WAIT = TimeUnit.SECONDS.toNanos(20); // clocks may jump: who cares looks again this often

    private final LongSupplier nanos;
    private final Runnable idle;
    private final ReentrantLock lock = new ReentrantLock();
    private final Condition work = lock.newCondition();
    private ArrayDeque<Runnable> tasks = new ArrayDeque<>(); // guarded by lock
    private boolean closed;                                  // guarded by lock
    private final PriorityQueue<Timer> timers = new PriorityQueue<>();
    private final Thread thread;
    private long sequence;

    /** @param idle runs after each round of tasks, and at least every 20 s */
    public Loop(LongSupplier nanos, Runnable idle) {
        this.nanos = nanos;
        this.idle = idle;
        this.thread = Thread.ofPlatform().name("units").daemon().unstarted(this::run);
    }

    /** Begins to work. */
    public void begin() {
        thread.start();
    }

    /** A task at a time to come. */
    final class Timer implements Comparable<Timer> {
        private final long at;
        private final long order = sequence++;
        private Runnable task;

        Timer(long at, Runnable task) {
            this.at = at;
            this.task = task;
        }

        void cancel() {
            task = null;
            timers.remove(this);
        }

        @Override public int compareTo(Timer other) {
            int byTime = Long.compare(at - other.at, 0);
            return byTime != 0 ? byTime : Long.compare(order, other.order);
        }
    }

    /** Preconditions: on the loop's thread. */
    Timer after(long delayNanos, Runnable task) {
        Timer timer = new Timer(nanos.getAsLong() + Math.clamp(delayNanos, 0, Long.MAX_VALUE / 4), task);
        timers.add(timer);
        return timer;
    }

    /** Does something on the thread, soon. */
    public void post(Runnable task) {
        lock.lock();
        try {
            if (!closed) {
                tasks.add(task);
                work.signal();
            }
        } finally {
            lock.unlock();
        }
    }

    /** Asks something on the thread. */
    public interface Question<T> {
        T ask() throws Exception;
    }

    /** Does something on the thread and waits for the answer. */
    public <T> T call(Question<T> question) throws ExecutionException, InterruptedException {
        if (Thread.currentThread() == thread) {
            throw new IllegalStateException("the units' own thread can't wait for itself");
        }
        CompletableFuture<T> answer = new CompletableFuture<>();
        post(() -> {
            try {
                answer.complete(question.ask());
            } catch (Exception | Error e) {
                answer.completeExceptionally(e);
            }
        });
        lock.lock();
        try {
            if (closed) {
                throw new IllegalStateException("the units are stopped");
            }
        } finally {
            lock.unlock();
        }
        return answer.get();
    }

    private void run() {
        while (true) {
            ArrayDeque<Runnable> batch = next();
            if (batch == null) {
                return;
            }
            batch.forEach(this::attempt);
            for (Timer due = timers.peek(); due != null && due.at - nanos.getAsLong() <= 0; due = timers.peek()) {
                timers.poll();
                Runnable task = due.task;
                if (task != null) {
                    attempt(task);
                }
            }
            attempt(idle);
        }
    }

    /** A fault in one unit must not stop the others. */
    private void attempt(Runnable task) {
        try {
            task.run();
        } catch (RuntimeException | StackOverflowError e) {
            Thread.UncaughtExceptionHandler handler = Thread.getDefaultUncaughtExceptionHandler();
            if (handler != null) {
                handler.uncaughtException(thread, e);
            }
        }
    }

    private ArrayDeque<Runnable> next() {
        lock.lock();
        try {
            long left = timers.isEmpty() ? LONGEST_WAIT : Math.min(LONGEST_WAIT, timers.peek().at - nanos.getAsLong());
            if (tasks.isEmpty() && !closed && left > 0) {
                work.awaitNanos(left);
            }
            if (closed) {
                return null;
            }
            ArrayDeque<Runnable> batch = tasks;
            tasks = new ArrayDeque<>();
            return batch;
        } catch (InterruptedException e) {
            return closed ? null : new ArrayDeque<>();
        } finally {
            lock.unlock();
        }
    }

    @Override public void close() {
        lock.lock();
        try {
            closed = true;
            work.signal();
        } finally {
            lock.unlock();
        }
    }
}
