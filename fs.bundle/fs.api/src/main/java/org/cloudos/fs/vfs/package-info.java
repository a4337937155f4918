/**
 * The VFS: one tree of files out of many volumes. {@link Vfs} is the service; its parts are {@link Paths}, {@link Handles},
 * {@link Mounts}, {@link Locks} and {@link Watches}.
 *
 * <p>Open files are numbers: nothing of the provider is in a caller's hands, so that a swap of the provider leaves open files open, with
 * their positions and locks. {@link OpenFile} wraps a number for convenience. All of it is thread-safe. Errors are
 * {@code org.cloudos.fs.FsException}s with Linux's error numbers, as the system call of the same meaning has them.
 */
@Export
@Version("1.0.0")
package org.cloudos.fs.vfs;

import org.osgi.annotation.bundle.Export;
import org.osgi.annotation.versioning.Version;
