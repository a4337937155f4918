package org.cloudos.fs.cloudfs;

import org.junit.jupiter.api.Test;

/**
 * Cuts of power. By hand: {@code -Dcloudfs.cuts=10000 -Dcloudfs.seed=1}, all with SHA-256 {@code -Dcloudfs.sha256=true}, all encrypted
 * {@code -Dcloudfs.encrypted=true}.
 */
class CrashTest {
    private static final int CUTS_OF_A_RUN = 20;
    private static final int THREADS = 4;

    /** Seeds that found faults once. */
    @Test void oldFaultsStayAway() throws Exception {
        for (long seed : new long[] {3, 10, 12, 14, 28, 9066}) {
            new CrashRun(seed, CUTS_OF_A_RUN).run();
        }
    }

    @Test void whatWasAcknowledgedSurvives() throws Exception {
        cut(Integer.getInteger("cloudfs.cuts", 300), 1);
    }

    @Test void whatEachOfSeveralThreadsWasToldSurvives() throws Exception {
        cut(Integer.getInteger("cloudfs.cuts", 60), THREADS);
    }

    private static void cut(int wanted, int threads) throws Exception {
        long seed = Long.getLong("cloudfs.seed", 1);
        for (int cuts = 0; cuts < wanted; seed++) {
            try {
                cuts += new CrashRun(seed, Math.min(CUTS_OF_A_RUN, wanted - cuts), threads, seed % 2 == 0).run();
            } catch (Exception | AssertionError e) {
                throw new AssertionError("-Dcloudfs.seed=" + seed, e);
            }
        }
    }
}
