package org.cloudos.journal.store;

/**
 * A complete block in memory, not compressed. Immutable.
 *
 * @param bytes   header and payload
 * @param bundles the names of the bundles in it, UTF-8
 */
record Chunk(BlockHeader header, byte[] bytes, byte[][] bundles) { }
