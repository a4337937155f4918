/**
 * Drives AHCI controllers. Serial ATA AHCI 1.3.1, ATA/ATAPI Command Set 3 (ACS-3), MMC-6 for CD-ROMs.
 *
 * <p>Lock order: {@link org.cloudos.drv.ahci.PortDevice}, a port's queue, {@link org.cloudos.drv.ahci.Ahci}.
 */
package org.cloudos.drv.ahci;
