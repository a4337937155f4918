package org.cloudos.fs.fuse.server;

import java.util.concurrent.atomic.LongAdder;
import java.util.function.Supplier;
import org.cloudos.fs.Attributes;
import org.cloudos.fs.Errno;
import org.cloudos.fs.FileSystem;
import org.cloudos.fs.FsException;

/**
 * What all requests of a mount share.
 *
 * @param volume       gives the volume's service, null while there is none
 * @param cacheSeconds how long the kernel may remember names and attributes
 * @param changes      hears what the kernel's requests change
 * @param removals     whose space is about to come back
 * @param probe        a name that nobody else knows, see {@link Mounting}
 */
record Serving(Supplier<FileSystem> volume, KnownNodes known, Settings settings, Changes changes, Counters counters, Removals removals,
        String probe) {
    /** Tells others who use the volume. */
    interface Changes {
        /** Nobody else uses it. */
        Changes NONE = new Changes() {
            @Override public void entry(long folder, String name) { }

            @Override public void node(long node, boolean contents) { }
        };

        void entry(long folder, String name);

        void node(long node, boolean contents);
    }

    /** Of {@code fuse:list}. */
    static final class Counters {
        final LongAdder requests = new LongAdder(), failed = new LongAdder(), read = new LongAdder(), written = new LongAdder();
    }

    /** The volume. @throws FsException {@code EIO} when its provider is gone */
    FileSystem files() throws FsException {
        FileSystem files = volume.get();
        if (files == null) {
            throw new FsException.Refused(Errno.EIO, "the volume's provider is gone");
        }
        return files;
    }

    long cacheSeconds() {
        return settings.cacheSeconds();
    }

    /** A node that the kernel will remember from now on. */
    Attributes told(Attributes a) throws FsException {
        known.tell(files(), a.node());
        return a;
    }
}
