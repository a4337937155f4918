package org.cloudos.hal.machine;

/**
 * Caches of one level and kind.
 *
 * @param kind   {@code data}, {@code instruction} or {@code unified}
 * @param bytes  of each
 * @param line   bytes of a line
 * @param ways   0 where fully associative or not said
 * @param count  how many there are
 * @param shared processors that share one
 */
public record ProcessorCache(int level, String kind, long bytes, int line, int ways, int count, int shared) { }
