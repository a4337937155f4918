/** Volumes as Linux sees them: mounted into its tree through FUSE, so that any program can use them. */
@Export
@Version("1.0.0")
package org.cloudos.fs.fuse;

import org.osgi.annotation.bundle.Export;
import org.osgi.annotation.versioning.Version;
