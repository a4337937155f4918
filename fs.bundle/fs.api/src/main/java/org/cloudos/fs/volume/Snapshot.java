package org.cloudos.fs.volume;

import java.util.UUID;

/**
 * A state of a volume's files that was kept, or a writable clone of one.
 *
 * @param number   in the volume
 * @param parent   the number of what it was made from; 0 when that is gone
 * @param identity its own UUID
 * @param origin   of a received one, the identity at the sender; else null
 * @param writable a clone, or the volume's own files (number 5)
 * @param created  nanoseconds since the epoch
 */
public record Snapshot(long number, String name, long parent, UUID identity, UUID origin, boolean writable, long created) { }
