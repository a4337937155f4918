package org.cloudos.fs.volume;

import org.osgi.annotation.versioning.ConsumerType;

/** Hears how far long work has come. Called on the working thread, a few times a second at most. */
@ConsumerType
@FunctionalInterface
public interface Progress {
    /** Nobody listens. */
    Progress NONE = (step, done, total) -> { };

    /**
     * @param step  what is being done, such as {@code nodes of tree 5}
     * @param done  of {@code total}
     * @param total in the step's own unit, bytes where nothing else is said; 0 where it is not known
     */
    void at(String step, long done, long total);
}
