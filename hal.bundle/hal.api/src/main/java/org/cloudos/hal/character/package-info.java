/** Character devices: bytes in, bytes out, in order; screens, keyboards and serial lines with what is their own. */
@Export
@Version("1.0.0")
package org.cloudos.hal.character;

import org.osgi.annotation.bundle.Export;
import org.osgi.annotation.versioning.Version;
