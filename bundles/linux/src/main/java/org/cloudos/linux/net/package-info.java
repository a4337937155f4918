/** Linux's network interfaces as a way for whole frames. Thread-safe. */
@Export
@Version("1.0.0")
package org.cloudos.linux.net;

import org.osgi.annotation.bundle.Export;
import org.osgi.annotation.versioning.Version;
