/**
 * PCI and PCI Express: what the bus found ({@link org.cloudos.hal.pci.PciDevice}, a service each), and what holding one
 * ({@link org.cloudos.hal.pci.PciFunction}) gives. PCI Local Bus Specification 3.0, PCI Express Base Specification 5.0.
 */
@Export
@Version("1.0.0")
package org.cloudos.hal.pci;

import org.osgi.annotation.bundle.Export;
import org.osgi.annotation.versioning.Version;
