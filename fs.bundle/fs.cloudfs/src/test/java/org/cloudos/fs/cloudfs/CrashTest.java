package org.cloudos.fs.cloudfs;

import org.junit.jupiter.api.Test;

/** Cuts of power. By hand: {@code -Dcloudfs.cuts=10000 -Dcloudfs.seed=1}. */
class CrashTest {
    private static final int CUTS_OF_A_RUN = 20;

    /** Seeds that found faults once. */
    @Test void oldFaultsStayAway() throws Exception {
        for (long seed : new long[] {3, 10, 12, 14, 28, 9066}) {
            new CrashRun(seed, CUTS_OF_A_RUN).run();
        }
    }

    @Test void whatWasAcknowledgedSurvives() throws Exception {
        int wanted = Integer.getInteger("cloudfs.cuts", 300);
        long seed = Long.getLong("cloudfs.seed", 1);
        for (int cuts = 0; cuts < wanted; seed++) {
            try {
                cuts += new CrashRun(seed, Math.min(CUTS_OF_A_RUN, wanted - cuts)).run();
            } catch (Exception | AssertionError e) {
                throw new AssertionError("-Dcloudfs.seed=" + seed, e);
            }
        }
    }
}
