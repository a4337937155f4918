package org.cloudos.linux.fuse;

import java.lang.foreign.MemorySegment;
import java.util.function.Function;
import org.cloudos.linux.LinuxException;
import org.osgi.annotation.versioning.ProviderType;

/**
 * Requests of a FUSE file system over io_uring (Linux 6.14, Documentation/filesystems/fuse/fuse-io-uring.rst): one queue a processor, in which a
 * program's requests are answered by threads that are held on the program's processor. What is to be forgotten still comes through the
 * {@link FuseChannel}, and notifications go there.
 *
 * <p>A thread answers one request at a time. Thread-safe.
 */
@ProviderType
public interface FuseQueues extends AutoCloseable {
    /** Where the payload begins in a {@link Slot#memory}, on a page. */
    int PAYLOAD = 4096;

    /** A thread's memory for a request, and then for its reply. */
    @ProviderType
    interface Slot {
        /**
         * struct fuse_uring_req_header: 0 fuse_in_header, to be replaced by fuse_out_header · 128 the operation's own structure · 256 flags(8)
         * · 264 commit_id(8) · 272 payload_sz(4), to be replaced by the reply's.
         */
        MemorySegment headers();

        /** A page of no meaning, and the payload: what follows the operation's structure in the request, and fuse_out_header in the reply. */
        MemorySegment memory();
    }

    /**
     * Registers with the kernel, once, when FUSE_INIT was answered with FUSE_OVER_IO_URING. Requests come to the server from then on.
     *
     * @param server for a thread's slot: what answers the request in it; called by that thread
     * @throws LinuxException when the kernel refuses: it goes on to give requests to the channel
     */
    void register(Function<Slot, Runnable> server) throws LinuxException;

    /**
     * Takes the server away: requests wait until the next comes.
     *
     * @param millis to wait at most for those under way
     * @return false when some still were: the server stays
     */
    boolean pause(long millis) throws InterruptedException;

    /** Gives the server after a {@link #pause}. */
    void resume(Function<Slot, Runnable> server);

    /** Threads that answer, until the file system is unmounted or aborted. */
    int running();

    /** Ends the threads, after the requests that they answer. For a file system's end: what comes later waits until the last channel is closed too. */
    @Override void close();
}
