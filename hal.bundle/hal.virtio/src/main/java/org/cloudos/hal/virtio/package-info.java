/**
 * virtio 1.2: rings, and devices over PCI and MMIO, for their drivers. A driver holds a {@link org.cloudos.hal.virtio.VirtioDevice} and does not know of
 * the bus.
 */
package org.cloudos.hal.virtio;
