package org.cloudos.hal.machine;

/**
 * One logical processor.
 *
 * @param number   Linux's
 * @param online   runs threads
 * @param socket   physical package, -1 where nobody says; so are the next
 * @param core     in its package; processors of one core share its units
 * @param node     of memory that is near
 * @param hertz    now, 0 where nobody says
 * @param minHertz of its frequency governor, 0 where there is none
 * @param maxHertz as {@code minHertz}
 */
public record Processor(int number, boolean online, int socket, int core, int node, long hertz, long minHertz, long maxHertz) { }
