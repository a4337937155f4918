/** The kernel's messages, {@code /dev/kmsg}. */
@Export
@Version("1.0.0")
package org.cloudos.linux.kmsg;

import org.osgi.annotation.bundle.Export;
import org.osgi.annotation.versioning.Version;
