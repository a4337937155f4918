/**
 * File systems. {@link FileSystem} is what a mounted volume offers to the VFS, to FUSE and to tools: operations on nodes that
 * have numbers, so that a caller keeps nothing of a provider and the provider can be swapped under open files.
 */
@Export
@Version("1.0.0")
package org.cloudos.fs;

import org.osgi.annotation.bundle.Export;
import org.osgi.annotation.versioning.Version;
