/** Registers of the processor that no call of the kernel reads for us. Thread-safe. */
@Export
@Version("1.0.0")
package org.cloudos.linux.machine;

import org.osgi.annotation.bundle.Export;
import org.osgi.annotation.versioning.Version;
