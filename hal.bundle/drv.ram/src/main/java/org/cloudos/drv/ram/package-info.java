/**
 * RAM disks. {@link org.cloudos.drv.ram.RamDisk} is a plain class, {@link org.cloudos.drv.ram.RamDriver} makes services of it. Lock
 * order: one stripe of {@link org.cloudos.drv.ram.SparseMemory} at a time; closing takes all, in order.
 */
package org.cloudos.drv.ram;
