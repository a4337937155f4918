package org.cloudos.linux.device;

import java.lang.foreign.MemorySegment;
import org.cloudos.linux.LinuxException;
import org.osgi.annotation.versioning.ProviderType;

/** An open device file. Nobody may use it when it is closed. */
@ProviderType
public interface DeviceFile extends AutoCloseable {
    /** Its number, for operations that take one. */
    int descriptor();

    /** {@code ioctl(2)} with a structure. @return what it returns, 0 or more */
    int control(long request, MemorySegment structure) throws LinuxException;

    /** {@code ioctl(2)} with a number. */
    int control(long request, long value) throws LinuxException;

    /** {@code ioctl(2)} that returns a new descriptor. */
    DeviceFile open(long request, MemorySegment structure) throws LinuxException;

    /** {@code pread(2)}. @return bytes read */
    long read(long offset, MemorySegment into) throws LinuxException;

    /** {@code pwrite(2)}, of all of it. */
    void write(long offset, MemorySegment from) throws LinuxException;

    /**
     * {@code read(2)}, of a device that has no places but an order, such as a keyboard or a network interface.
     *
     * @return bytes read, 0 when it has none now (see {@link #await}) or none any more
     */
    long next(MemorySegment into) throws LinuxException;

    /**
     * {@code write(2)}, of all of it at once: one frame, one event.
     *
     * @return false when the device has no room now
     */
    boolean put(MemorySegment from) throws LinuxException;

    /**
     * Waits with {@code poll(2)} until {@link #next} has something, the device failed, or {@link #wake} was called. For one thread at a time; blocks the
     * carrier.
     *
     * @param nanos at most so long, in whole milliseconds from 1 on
     * @return false when the time was over
     */
    boolean await(long nanos) throws LinuxException;

    /** Lets a thread in {@link #await} go, now or the next. */
    void wake();

    /** {@code mmap(2)}, shared, for reading and writing. It stays until this is closed. */
    MemorySegment map(long offset, long length) throws LinuxException;

    @Override void close();
}
