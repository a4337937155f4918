package org.cloudos.fs;

/** fallocate(2). */
public enum AllocateMode {
    /** Space for the range is sure; the file grows to hold it. */
    RESERVE,
    /** As {@link #RESERVE}, but the size stays. */
    RESERVE_KEEP_SIZE,
    /** The range becomes a hole; the size stays. */
    PUNCH_HOLE,
    /** The range reads as zeros and its space is sure; the file grows to hold it. */
    ZERO,
    /** As {@link #ZERO}, but the size stays. */
    ZERO_KEEP_SIZE,
    /** The range goes, what is behind it moves down. Whole blocks, not to the end: {@code EINVAL}. */
    COLLAPSE,
    /** A hole comes in, what is behind it moves up. Whole blocks: {@code EINVAL}. */
    INSERT
}
