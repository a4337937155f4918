/**
 * The journal on disk. Bytes little-endian; {@code docs/logs.md} has the whole format.
 *
 * <pre>
 *  append ─► RecordBytes ─► BlockBuilder ─► Chunk (in memory, CRC32C) ─► OpenFile ─► ClosedFile (Zstandard, index)
 *             any thread      Batches.lock     bounded queue              one writer     Sealer, in the background
 * </pre>
 *
 * <p>Lock order: {@code Files.lock}, then {@code Batches.lock}; no I/O under the second, no call to others under any.
 */
package org.cloudos.journal.store;
