package org.cloudos.fs.cloudfs;

import org.cloudos.fs.FileSystem;
import org.cloudos.fs.FsException;
import org.cloudos.fs.suite.ModelSuite;

class CloudFsModelTest extends ModelSuite {
    @Override protected FileSystem open() throws FsException {
        return Bench.open(Bench.formatted(128 << 20, "none")).head();
    }
}
