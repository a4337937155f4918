/**
 * The history: a file an hour, appended to every 10 s, and the last minutes in memory.
 *
 * <p>A file begins with the magic {@code COSTICK1}. Then come records: type (1 byte), length of the payload (varint),
 * payload, CRC-32C of type and payload (4 bytes, little-endian).
 *
 * <pre>
 *   R  a writer began: series and values before it mean nothing to what follows
 *   S  a series: name, number of labels, for each its name and value; ids count up from 0 since the last R
 *   T  a tick: time in ms less that of the tick before (zigzag; since the last R from 0), then cells for the ids 0, 1, ...
 * </pre>
 *
 * Texts are a varint of their length and UTF-8. A cell begins with a varint whose two lowest bits are its kind, n the rest:
 *
 * <pre>
 *   0  n + 1 series are as they were        2  n = s + 16 z: the bits of old XOR new are s bytes (big-endian), then z zero bytes
 *   1  old + zigzag n, both whole numbers   3  n + 1 series are not there
 * </pre>
 *
 * Before the first tick a series is 0. Ids after the last cell are not there. A record that is cut or damaged ends the
 * file for its readers; the next writer cuts it off.
 */
package org.cloudos.metrics.history;
