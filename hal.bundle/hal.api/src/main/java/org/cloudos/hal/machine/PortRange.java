package org.cloudos.hal.machine;

import org.cloudos.hal.DeviceException;
import org.osgi.annotation.versioning.ProviderType;

/**
 * Claimed ports. Each access is one instruction of the width named; offsets are from the first port. An access outside throws
 * {@link IndexOutOfBoundsException}, one after {@link #close} {@link IllegalStateException}. Thread-safe as far as the device is.
 */
@ProviderType
public interface PortRange extends AutoCloseable {
    int first();

    int count();

    int read8(int offset) throws DeviceException;

    void write8(int offset, int value) throws DeviceException;

    int read16(int offset) throws DeviceException;

    void write16(int offset, int value) throws DeviceException;

    int read32(int offset) throws DeviceException;

    void write32(int offset, int value) throws DeviceException;

    /** Gives them back. */
    @Override void close();
}
