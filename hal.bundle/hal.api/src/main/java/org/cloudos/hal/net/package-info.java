/** Network devices: frames in, frames out. A {@link NetDevice} is thread-safe; a {@link NetQueue} belongs to one thread at a time. */
@Export
@Version("1.0.0")
package org.cloudos.hal.net;

import org.osgi.annotation.bundle.Export;
import org.osgi.annotation.versioning.Version;
