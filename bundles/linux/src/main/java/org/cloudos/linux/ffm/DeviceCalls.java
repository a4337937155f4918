package org.cloudos.linux.ffm;

import java.lang.foreign.Arena;
import java.lang.foreign.MemorySegment;
import org.cloudos.linux.LinuxException;
import org.cloudos.linux.device.DeviceFile;
import org.cloudos.linux.device.Devices;
import org.cloudos.linux.device.EventCounter;
import org.osgi.service.component.annotations.Component;

/** Device files through the C library. Delayed by DS: linking downcalls is slow, so it waits for a first use. */
@Component
public final class DeviceCalls implements Devices {
    @Override public DeviceFile open(String path) throws LinuxException {
        return OpenDevice.open(path);
    }

    @Override public EventCounter counter() throws LinuxException {
        return new EventFd();
    }

    @Override public MemorySegment pages(long bytes, Arena arena) throws LinuxException {
        if (bytes <= 0) {
            throw new IllegalArgumentException("bytes: expected over 0, found " + bytes);
        }
        return OpenDevice.pages(bytes, arena);
    }

    @Override public void loadModule(String name) throws LinuxException {
        KernelModule.load(name);
    }
}
