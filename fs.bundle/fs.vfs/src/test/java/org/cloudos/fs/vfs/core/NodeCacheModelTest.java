package org.cloudos.fs.vfs.core;

import org.cloudos.fs.FileSystem;
import org.cloudos.fs.suite.ModelSuite;

/** A small cache above tmpfs is a file system as tmpfs is. */
class NodeCacheModelTest extends ModelSuite {
    @Override protected FileSystem open() {
        return new NodeCache(TestSystem.volume(), 256);
    }
}
