package org.cloudos.linux.fuse;

import java.lang.foreign.MemorySegment;
import org.cloudos.linux.LinuxException;
import org.osgi.annotation.versioning.ProviderType;

/** An open {@code /dev/fuse}. Thread-safe; one for each thread that receives is quicker, see {@link #another}. */
@ProviderType
public interface FuseChannel extends AutoCloseable {
    /**
     * Waits for a request, as long as it takes; no interrupt ends it.
     *
     * @param buffer as large as the largest request: at least 8192 bytes
     * @return its length; -1 when the file system is unmounted or aborted
     */
    int receive(MemorySegment buffer) throws LinuxException;

    /**
     * Sends a reply or a notification, whose parts are sent as one.
     *
     * @param data may be null
     * @return false when the kernel no longer waits for this reply, or knows nothing of the node it is told about
     */
    boolean send(MemorySegment head, long headLength, MemorySegment data, long dataLength) throws LinuxException;

    /** One more descriptor for the same file system, with its own list of requests under way (FUSE_DEV_IOC_CLONE). */
    FuseChannel another() throws LinuxException;

    /**
     * Threads and memory for queues over io_uring, to be {@link FuseQueues#register registered}.
     *
     * @param threads  for each processor's queue, at least 1
     * @param largest  payload, in bytes
     * @param name     for the threads
     * @throws LinuxException where io_uring may not be used
     */
    FuseQueues queues(int threads, int largest, String name) throws LinuxException;

    /**
     * Waits until there is something to {@link #receive}, or the file system has ended.
     *
     * @return false when somebody has {@link #wake woken} whoever waits here instead
     */
    boolean await() throws LinuxException;

    /** Ends the waiting in {@link #await}, now or the next time. */
    void wake() throws LinuxException;

    /** When the last is closed, the kernel aborts the file system: its users get {@code ENOTCONN}. */
    @Override void close();
}
