package org.cloudos.hal.machine;

import org.cloudos.hal.memory.Mmio;
import org.osgi.annotation.versioning.ProviderType;

/** Mapped physical memory; closed, each access throws. */
@ProviderType
public interface MappedRange extends AutoCloseable {
    long address();

    Mmio mmio();

    @Override void close();
}
