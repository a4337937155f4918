package org.cloudos.fs;

/**
 * statvfs(3).
 *
 * @param bytes     of the volume
 * @param free      bytes that are free
 * @param available free bytes that a user may take: without reserves
 * @param nodes     in all, used and free; 0 where there is no limit
 * @param freeNodes that can be made
 * @param blockSize bytes that space is given in
 */
public record Space(long bytes, long free, long available, long nodes, long freeNodes, int blockSize) { }
