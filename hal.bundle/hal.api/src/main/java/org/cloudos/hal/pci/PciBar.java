package org.cloudos.hal.pci;

/**
 * A base address register. PCI 3.0 §6.2.5.1.
 *
 * @param number  0 to 5
 * @param address physical
 * @param size    bytes, over 0
 * @param ports   I/O ports, not memory
 */
public record PciBar(int number, long address, long size, boolean ports, boolean prefetchable) { }
