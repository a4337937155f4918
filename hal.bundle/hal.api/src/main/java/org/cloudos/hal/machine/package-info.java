/**
 * The machine itself: its processors, clocks, interrupt lines, I/O ports and physical memory. Each is a service wherever a provider is;
 * what this system or this process's rights don't give fails with {@link org.cloudos.hal.DeviceException.Reason#UNAVAILABLE}
 * and says what would be needed.
 */
@Export
@Version("1.0.0")
package org.cloudos.hal.machine;

import org.osgi.annotation.bundle.Export;
import org.osgi.annotation.versioning.Version;
