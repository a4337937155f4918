/** virtio 1.2 over PCI: transport and rings, for the drivers of its devices. */
package org.cloudos.hal.virtio;
