package org.cloudos.fs.cloudfs;

import org.cloudos.fs.FileSystem;
import org.cloudos.fs.FsException;
import org.cloudos.fs.suite.FileSystemSuite;

class CloudFsNodesTest extends FileSystemSuite {
    @Override protected FileSystem open() throws FsException {
        return Bench.open(Bench.formatted(128 << 20, "none")).head();
    }
}
