package org.cloudos.fs;

import java.util.Map;
import org.cloudos.hal.block.BlockDevice;
import org.osgi.annotation.versioning.ConsumerType;

/** A format that volumes can have. A service with the property {@link FileSystem#TYPE}. Thread-safe. */
@ConsumerType
public interface FileSystemType {
    /** Option of {@link #open} that has the source of a mount, for formats without a device that want it. */
    String SOURCE = "source";

    /** The format's name. */
    String name();

    /** Whether a volume of this format stands on a device; where not, {@link #open} gets null for it. */
    default boolean needsDevice() {
        return true;
    }

    /** Whether a format without a device wants what is mounted, such as a host's folder, in the option {@link #SOURCE}. */
    default boolean needsSource() {
        return false;
    }

    /** Whether the device holds a volume of this format: looks at its magic only. */
    boolean recognises(BlockDevice device) throws FsException;

    /**
     * Opens a volume; its {@link FileSystem} is a service from then on, until {@link #close}.
     *
     * @param device  is this volume's alone; null where the format {@linkplain #needsDevice needs none}
     * @param options by name, as {@code mount -o} has them: {@code ro}, {@code passphrase-file=…}, and the format's own; unknown ones are
     *                refused with {@code EINVAL} and the nearest name
     * @return the value of {@link FileSystem#VOLUME}
     * @throws FsException {@code EINVAL} no such volume, {@code EBUSY} open already, {@code EUCLEAN}, {@code EKEYREJECTED},
     *                     {@code EOPNOTSUPP} a newer format
     */
    String open(BlockDevice device, Map<String, String> options) throws FsException;

    /** Writes what is not written, and ends the volume's service. {@code EBUSY} while nodes are held, unless forced. */
    void close(String volume, boolean force) throws FsException;
}
