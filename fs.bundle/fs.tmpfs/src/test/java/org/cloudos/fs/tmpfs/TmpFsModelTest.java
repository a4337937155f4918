package org.cloudos.fs.tmpfs;

import org.cloudos.fs.FileSystem;
import org.cloudos.fs.suite.ModelSuite;

/** Against the model. */
class TmpFsModelTest extends ModelSuite {
    @Override protected FileSystem open() {
        return TmpFsTest.fresh(80 << 20, 100_000);
    }
}
