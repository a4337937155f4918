package org.cloudos.fs.vfs.core;

import org.cloudos.fs.FileSystem;
import org.cloudos.fs.suite.ContentsSuite;

/** A small cache above tmpfs is a file system as tmpfs is. */
class NodeCacheContentsTest extends ContentsSuite {
    @Override protected FileSystem open() {
        return new NodeCache(TestSystem.volume(), 256);
    }
}
