package org.cloudos.fs.nio;

import java.io.IOException;
import java.nio.file.ClosedDirectoryStreamException;
import java.nio.file.DirectoryIteratorException;
import java.nio.file.DirectoryStream;
import java.nio.file.Path;
import java.util.ArrayDeque;
import java.util.Iterator;
import java.util.NoSuchElementException;
import org.cloudos.fs.FsException;
import org.cloudos.fs.vfs.OpenHow;

/** A folder's entries, some at a time. */
final class FolderStream implements DirectoryStream<Path> {
    private static final int SOME = 512;
    private final CloudPath folder;
    private final Filter<? super Path> filter;
    private final long handle;
    private boolean iterated, closed;

    private FolderStream(CloudPath folder, Filter<? super Path> filter, long handle) {
        this.folder = folder;
        this.filter = filter;
        this.handle = handle;
    }

    static FolderStream open(CloudPath folder, Filter<? super Path> filter) throws IOException {
        CloudFileSystem fileSystem = folder.cloud();
        CloudProvider.checkFolder(fileSystem.call(folder, (vfs, who) -> vfs.attributes(who, 0, folder.vfs(), true)), folder);
        return new FolderStream(folder, filter, fileSystem.call(folder, (vfs, who) -> vfs.open(who, 0, folder.vfs(), OpenHow.FOLDER)));
    }

    @Override public synchronized Iterator<Path> iterator() {
        if (iterated || closed) {
            throw new IllegalStateException(closed ? "the stream is closed" : "the stream was walked already");
        }
        iterated = true;
        return new Entries();
    }

    private synchronized boolean isClosed() {
        return closed;
    }

    /** The walk. After a close it gives what it has read ahead, and no more. */
    private final class Entries implements Iterator<Path> {
        private final ArrayDeque<Path> ahead = new ArrayDeque<>();
        private long cookie;
        private boolean ended;

        @Override public boolean hasNext() {
            while (ahead.isEmpty() && !ended) {
                if (isClosed()) {
                    return false;
                }
                try {
                    fill();
                } catch (IOException e) {
                    throw new DirectoryIteratorException(e);
                }
            }
            return !ahead.isEmpty();
        }

        private void fill() throws IOException {
            ArrayDeque<Path> raw = new ArrayDeque<>();
            try {
                folder.cloud().vfs().list(handle, cookie, (name, node, type, next) -> {
                    if (raw.size() == SOME) {
                        return false;
                    }
                    raw.add(folder.resolve(CloudPath.of(folder.cloud(), name)));
                    cookie = next;
                    return true;
                });
            } catch (FsException e) {
                throw CloudFileSystem.told(e, folder, null);
            }
            ended = raw.isEmpty();
            for (Path path : raw) {
                if (filter.accept(path)) {
                    ahead.add(path);
                }
            }
        }

        @Override public Path next() {
            if (!hasNext()) {
                throw new NoSuchElementException();
            }
            return ahead.poll();
        }
    }

    @Override public void close() throws IOException {
        synchronized (this) {
            if (closed) {
                return;
            }
            closed = true;
        }
        try {
            folder.cloud().vfs().close(handle);
        } catch (FsException e) {
            throw CloudFileSystem.told(e, folder, null);
        } catch (ClosedDirectoryStreamException e) {
            return;
        }
    }
}
