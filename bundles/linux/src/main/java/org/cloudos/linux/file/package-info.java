/**
 * Files and block devices as the kernel has them: offsets, native memory, direct I/O, and rings of requests. Where the JDK's
 * channels do, use those: these don't close when a thread is interrupted, and can what channels can't.
 */
@Export
@Version("1.0.0")
package org.cloudos.linux.file;

import org.osgi.annotation.bundle.Export;
import org.osgi.annotation.versioning.Version;
