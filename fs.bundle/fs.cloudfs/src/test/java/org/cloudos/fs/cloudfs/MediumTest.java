package org.cloudos.fs.cloudfs;

import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.lang.foreign.MemorySegment;
import java.util.List;
import org.cloudos.fs.FsException;
import org.cloudos.fs.cloudfs.medium.Medium;
import org.junit.jupiter.api.Test;

class MediumTest {
    private FsException failure;

    /** Else an fsync that finds nothing to flush acknowledges what is not on the medium. */
    @Test void aWriteIsNotCoveredByAFlushThatBeganBeforeItCame() throws Exception {
        SimulatedDevice device = new SimulatedDevice(1 << 20).recording();
        Medium medium = new Medium(List.of(device), null);
        device.atRequest(() -> {
            device.atRequest(() -> { });
            try {
                medium.flush(); // another thread's, while the write is on its way
            } catch (FsException e) {
                failure = e;
            }
        });
        medium.write(10, MemorySegment.ofArray(new byte[4096]));
        assertTrue(failure == null && medium.unflushed());
        medium.flush();
        assertFalse(medium.unflushed());
        medium.close();
    }
}
