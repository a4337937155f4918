package org.cloudos.kernel.swap;

import java.util.List;
import java.util.Optional;
import org.osgi.annotation.versioning.ConsumerType;

/**
 * Whiteboard: told of each change while it runs, for traces and displays. Called by the thread that makes the change, one
 * change at a time; must return at once. What it throws is ignored.
 */
@ConsumerType
public interface ChangeListener {
    /**
     * A change begins.
     *
     * @param kind {@code deploy} or {@code rollback}
     * @param what names of the jars, or of the bundle
     */
    void began(String kind, List<String> what);

    /** A step of it, in words. */
    void progress(String line);

    /**
     * It ended.
     *
     * @param change as it was recorded; empty when it failed before there was anything to record
     */
    void ended(Optional<Change> change);
}
