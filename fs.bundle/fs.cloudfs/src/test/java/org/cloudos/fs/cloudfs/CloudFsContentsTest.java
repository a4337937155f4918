package org.cloudos.fs.cloudfs;

import static org.junit.jupiter.api.Assertions.assertEquals;

import org.cloudos.fs.AllocateMode;
import org.cloudos.fs.FileSystem;
import org.cloudos.fs.FsException;
import org.cloudos.fs.suite.ContentsSuite;
import org.cloudos.fs.suite.Probe;
import org.junit.jupiter.api.Test;

class CloudFsContentsTest extends ContentsSuite {
    @Override protected FileSystem open() throws FsException {
        return Bench.open(Bench.formatted(128 << 20, "none")).head();
    }

    /** What waits in memory counts as space in use; over what is reserved it doesn't count again (generic/568 of xfstests). */
    @Test void writingToReservedSpaceTakesNoMore() throws FsException {
        FileSystem fs = open();
        Probe probe = new Probe(fs);
        long file = probe.file(FileSystem.ROOT, "reserved");
        fs.allocate(file, 4095, 2, AllocateMode.RESERVE);
        assertEquals(8192, fs.attributes(file).allocated());
        probe.write(file, 4095, new byte[] {1, 2});
        assertEquals(8192, fs.attributes(file).allocated());
        fs.sync();
        assertEquals(8192, fs.attributes(file).allocated());
    }
}
