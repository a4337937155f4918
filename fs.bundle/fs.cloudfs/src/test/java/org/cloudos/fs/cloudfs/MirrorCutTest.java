package org.cloudos.fs.cloudfs;

import org.junit.jupiter.api.Test;

/** Cuts of power while a mirror's devices fail, come back and are replaced. By hand: {@code -Dcloudfs.cuts=5000 -Dcloudfs.seed=1}. */
class MirrorCutTest {
    private static final int CUTS_OF_A_RUN = 20;

    @Test void whatWasAcknowledgedIsOnTheMirror() throws Exception {
        int wanted = Integer.getInteger("cloudfs.cuts", 100);
        long seed = Long.getLong("cloudfs.seed", 1);
        for (int cuts = 0; cuts < wanted; seed++) {
            try {
                cuts += new MirrorCutRun(seed, Math.min(CUTS_OF_A_RUN, wanted - cuts)).run();
            } catch (Exception | AssertionError e) {
                throw new AssertionError("-Dcloudfs.seed=" + seed, e);
            }
        }
    }
}
