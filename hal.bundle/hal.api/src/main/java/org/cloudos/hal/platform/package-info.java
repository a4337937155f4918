/**
 * Devices that are on no bus that could be asked: firmware names them (ACPI, a device tree), or everybody knows where they are.
 * Each is a {@link org.cloudos.hal.platform.PlatformDevice}, a service; what holding one gives is a
 * {@link org.cloudos.hal.platform.PlatformFunction}.
 */
@Export
@Version("1.1.0")
package org.cloudos.hal.platform;

import org.osgi.annotation.bundle.Export;
import org.osgi.annotation.versioning.Version;
