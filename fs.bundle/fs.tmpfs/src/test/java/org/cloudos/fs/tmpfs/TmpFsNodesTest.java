package org.cloudos.fs.tmpfs;

import org.cloudos.fs.FileSystem;
import org.cloudos.fs.suite.FileSystemSuite;

class TmpFsNodesTest extends FileSystemSuite {
    @Override protected FileSystem open() {
        return TmpFsTest.fresh(80 << 20, 100_000);
    }
}
