/** The on-disk format of docs/cloudfs.md: offsets, checked parsing, emitting. Pure: no I/O, no clock, no threads. */
package org.cloudos.fs.cloudfs.format;
