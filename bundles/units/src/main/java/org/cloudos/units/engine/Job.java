package org.cloudos.units.engine;

import java.util.ArrayList;
import java.util.List;
import java.util.function.BiConsumer;

/** Something to be done to a unit. A unit has at most one. */
final class Job {
    /** What became of it; systemctl(1) has the same words. */
    enum Result { DONE, CANCELED, TIMEOUT, FAILED, DEPENDENCY, SKIPPED, INVALID, ASSERT, UNSUPPORTED, ONCE }

    final long id;
    final Unit unit;
    final long since;
    JobType type;
    boolean running;
    boolean ignoreOrder;
    boolean irreversible;
    String reason = "";
    /** Whose job it was found to wait for last, and how it stands to it: most often it still does. */
    Unit blocker;
    Dep blockedBy;
    Loop.Timer timeout;
    private final List<BiConsumer<Job, Result>> waiters = new ArrayList<>();

    Job(long id, Unit unit, JobType type, long since) {
        this.id = id;
        this.unit = unit;
        this.type = type;
        this.since = since;
    }

    /** Told when it is done. */
    void whenDone(BiConsumer<Job, Result> waiter) {
        waiters.add(waiter);
    }

    void adopt(Job other) {
        waiters.addAll(other.waiters);
        other.waiters.clear();
        ignoreOrder &= other.ignoreOrder;
        irreversible |= other.irreversible;
    }

    void tell(Result result) {
        List<BiConsumer<Job, Result>> told = List.copyOf(waiters);
        waiters.clear();
        told.forEach(w -> w.accept(this, result));
    }

    @Override public String toString() {
        return unit.id() + "/" + type;
    }
}
