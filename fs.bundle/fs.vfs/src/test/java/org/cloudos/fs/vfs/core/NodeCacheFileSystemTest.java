package org.cloudos.fs.vfs.core;

import org.cloudos.fs.FileSystem;
import org.cloudos.fs.suite.FileSystemSuite;

/** A small cache above tmpfs is a file system as tmpfs is. */
class NodeCacheFileSystemTest extends FileSystemSuite {
    @Override protected FileSystem open() {
        return new NodeCache(TestSystem.volume(), 256);
    }
}
