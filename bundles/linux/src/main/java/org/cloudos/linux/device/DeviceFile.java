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

    /** {@code mmap(2)}, shared, for reading and writing. It stays until this is closed. */
    MemorySegment map(long offset, long length) throws LinuxException;

    @Override void close();
}
