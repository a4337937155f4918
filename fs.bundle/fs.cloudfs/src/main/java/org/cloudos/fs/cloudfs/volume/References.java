package org.cloudos.fs.cloudfs.volume;

import org.cloudos.fs.FsException;
import org.cloudos.fs.cloudfs.format.Extent;
import org.cloudos.fs.cloudfs.format.Key;
import org.cloudos.fs.cloudfs.format.Layout;
import org.cloudos.fs.cloudfs.format.Le;
import org.cloudos.fs.cloudfs.format.Page;

/** What a node of a tree of files refers to. */
public final class References {
    /** Gets ranges of blocks. */
    @FunctionalInterface
    public interface Sink {
        void range(long start, long count) throws FsException;
    }

    private References() { }

    public static void of(byte[] page, long volumeBlocks, Sink sink) throws FsException {
        for (int i = 0; i < Page.count(page); i++) {
            if (Page.level(page) > 0) {
                sink.range(Le.i64(page, Page.at(page, i)), Layout.NODE_BLOCKS);
            } else if (Key.type(Page.low(page, i)) == Key.EXTENT) {
                Extent e = Extent.parse(page, Page.at(page, i), Page.length(page, i), Key.offset(Page.low(page, i)), volumeBlocks);
                if (e.placed()) {
                    sink.range(e.address(), e.stored());
                }
            }
        }
    }
}
