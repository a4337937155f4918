package org.cloudos.drv.ahci;

import org.cloudos.hal.DeviceException;
import org.cloudos.hal.block.BlockStatus;
import org.cloudos.hal.queue.Slots;

/** How a kind of device wants its requests. */
sealed interface CommandSet permits DiskCommands, PacketCommands {
    /**
     * Why a command failed.
     *
     * @param again it is no failure of the command: it is to be given again
     * @param words the device's own
     */
    record Verdict(BlockStatus status, boolean again, String words) { }

    /**
     * Writes a request's command into its slot.
     *
     * @param address of the data for the device; 0 where nothing is transferred
     * @return whether it is queued: runs together with others
     */
    boolean write(Port port, int slot, Slots slots, long address);

    /** Asks the device, where it has more to say. @param error the error register */
    Verdict verdict(Port port, int error) throws DeviceException;
}
