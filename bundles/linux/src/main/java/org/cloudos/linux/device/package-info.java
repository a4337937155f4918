/** Device files: control operations, mapped registers, and what a driver waits for. Thread-safe. */
@Export
@Version("1.0.0")
package org.cloudos.linux.device;

import org.osgi.annotation.bundle.Export;
import org.osgi.annotation.versioning.Version;
