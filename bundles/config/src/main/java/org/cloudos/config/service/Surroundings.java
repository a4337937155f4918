package org.cloudos.config.service;

import java.util.List;
import java.util.Set;
import org.cloudos.config.Constraint;
import org.cloudos.config.schema.Schema;

/** What the tree asks of the system around it. */
interface Surroundings {
    /** As the bundles are now. */
    Schema schema();

    /** Sections that were there once. */
    Set<String> gone();

    /** Bundles are still being started. */
    boolean early();

    /** The checks across bundles. */
    List<Constraint> constraints();

    /**
     * Before these PIDs are touched.
     *
     * @return to be run when they have been
     */
    Runnable secondChance(List<String> pids);

    void info(String message);

    void warn(String message);
}
