/**
 * Linux's FUSE protocol (linux/fuse.h, version 7), spoken over {@code /dev/fuse}. The kernel's node numbers are the volume's own, and its
 * file handles are not used: so almost nothing is kept here, and a {@link org.cloudos.fs.fuse.server.Session} can be handed to the next
 * version of this bundle while files are open.
 *
 * <p>Each worker owns an {@link org.cloudos.fs.fuse.server.Exchange}: the memory of one request and its reply. Lock order: a stripe of
 * {@link org.cloudos.fs.fuse.server.KnownNodes}, then what the volume takes; {@code FuseServer} before {@code Session}.
 */
package org.cloudos.fs.fuse.server;
