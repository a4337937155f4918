package org.cloudos.hal.virtio;

/** Feature bits of every device. Virtio 1.2 §6. */
public final class Feature {
    public static final long INDIRECT = 1L << 28, EVENT_INDEX = 1L << 29, VERSION_1 = 1L << 32, ACCESS_PLATFORM = 1L << 33, PACKED = 1L << 34,
            ORDER_PLATFORM = 1L << 36;

    private Feature() { }
}
