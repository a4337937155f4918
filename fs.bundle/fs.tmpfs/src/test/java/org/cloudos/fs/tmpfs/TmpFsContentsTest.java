package org.cloudos.fs.tmpfs;

import org.cloudos.fs.FileSystem;
import org.cloudos.fs.suite.ContentsSuite;

class TmpFsContentsTest extends ContentsSuite {
    @Override protected FileSystem open() {
        return TmpFsTest.fresh(80 << 20, 100_000);
    }
}
