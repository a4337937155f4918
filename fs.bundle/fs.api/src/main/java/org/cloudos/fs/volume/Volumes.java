package org.cloudos.fs.volume;

import java.util.List;
import java.util.Map;
import java.util.UUID;
import java.util.function.Consumer;
import org.cloudos.fs.FsException;
import org.cloudos.hal.block.BlockDevice;
import org.osgi.annotation.versioning.ProviderType;

/**
 * Volumes that are not open: mkfs, fsck and a debugger for the format. A list of two devices is a mirror: each holds all. One of them is
 * enough to check, repair and dump it. An open volume is refused with {@code EBUSY}.
 */
@ProviderType
public interface Volumes {
    /**
     * Makes a volume. {@code ENOSPC} when a device is too small, {@code EEXIST} when one holds a volume already.
     *
     * @return its identity
     */
    UUID format(List<BlockDevice> devices, FormatOptions options) throws FsException;

    /** Opens a volume of one or two devices, as {@link org.cloudos.fs.FileSystemType#open}. */
    String open(List<BlockDevice> devices, Map<String, String> options) throws FsException;

    /**
     * Reads all metadata, and the data too where wanted, and says what is wrong. Writes nothing.
     *
     * @param passphrase of an encrypted volume, else null
     * @param data       also reads all data against its checksums
     */
    CheckReport check(List<BlockDevice> devices, char[] passphrase, boolean data, Progress progress) throws FsException;

    /**
     * Does what the plan of a report says, and nothing else. {@code ESTALE} when the volume changed since.
     *
     * @return a report of the volume afterwards
     */
    CheckReport repair(List<BlockDevice> devices, char[] passphrase, CheckReport plan, Progress progress) throws FsException;

    /**
     * Shows a volume's structures as lines of text.
     *
     * @param what {@code superblocks}, {@code volumes}, {@code space}, {@code log}, {@code node ADDRESS}, {@code inode NUMBER},
     *             {@code tree NUMBER}; {@code EINVAL} names them
     */
    void dump(BlockDevice device, char[] passphrase, String what, Consumer<String> lines) throws FsException;
}
