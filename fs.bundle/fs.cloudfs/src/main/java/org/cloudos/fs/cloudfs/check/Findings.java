package org.cloudos.fs.cloudfs.check;

import java.util.ArrayList;
import java.util.List;
import org.cloudos.fs.FsException;
import org.cloudos.fs.cloudfs.volume.Volume;
import org.cloudos.fs.volume.CheckReport.Problem;

/** What a check found, and how it is repaired. */
final class Findings {
    /** Changes an open volume. Preconditions: the tree lock is held alone. */
    @FunctionalInterface
    interface Remedy {
        void on(Volume volume) throws FsException;
    }

    private static final int MOST = 100_000;
    final List<Problem> problems = new ArrayList<>();
    final List<Remedy> remedies = new ArrayList<>();

    void add(String what, String remedy, boolean loss, Remedy action) {
        if (problems.size() < MOST) {
            problems.add(new Problem(what, remedy, loss));
            if (action != null) {
                remedies.add(action);
            }
        }
    }
}
