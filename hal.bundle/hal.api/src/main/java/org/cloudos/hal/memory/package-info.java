/**
 * Registers and memory that a device shares with us. {@link Mmio} and {@link DmaMemory} are the only classes that touch
 * either, and the memory order is in them: a register read comes before whatever follows it, and whatever comes before a register
 * write (descriptors in memory, above all) is seen by the device before the write. On x86 that costs nothing but keeps the
 * compiler honest; on ARM64 it is {@code ldar} and {@code stlr} with barriers (docs/hal.md, "Memory order").
 */
@Export
@Version("1.0.0")
package org.cloudos.hal.memory;

import org.osgi.annotation.bundle.Export;
import org.osgi.annotation.versioning.Version;
