/** Hardware: its errors, and what is not said by a bus or a kind of device. */
@Export
@Version("1.0.0")
package org.cloudos.hal;

import org.osgi.annotation.bundle.Export;
import org.osgi.annotation.versioning.Version;
