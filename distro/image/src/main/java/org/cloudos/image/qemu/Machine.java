package org.cloudos.image.qemu;

import java.nio.file.Path;
import java.time.Duration;
import java.util.List;
import org.cloudos.image.Arch;
import org.cloudos.image.Image;

/**
 * A machine to boot.
 *
 * @param source what it boots
 * @param memoryMib its memory
 * @param disk the data disk's file, made when missing; null for none: changes are lost
 * @param port the host's port that is forwarded to the guest's SSH; 0 for the first free one from 2222 on
 * @param keys a file of public keys that may log in; null for none
 * @param commands what it executes before it powers off; empty for a machine with the terminal as its console
 * @param timeout after which it is ended; null for none
 * @param options for init, words NAME=VALUE (docs/boot.md)
 * @param forwards ports of the host that lead into the guest
 * @param arguments for QEMU, after all others
 */
public record Machine(Source source, int memoryMib, Path disk, int port, Path keys, List<String> commands, Duration timeout,
        List<String> options, List<Forward> forwards, List<String> arguments) {
    public static final int DEFAULT_MEMORY_MIB = 512;

    /** A TCP port of this machine, at 127.0.0.1, that leads to one of the guest. */
    public record Forward(int host, int guest) {}

    /** What a machine boots. */
    public sealed interface Source {
        Arch arch();
    }

    /**
     * Kernel, initramfs and root file system directly.
     *
     * @param iommu whether the machine has an I/O MMU, which slows all of its devices
     */
    public record Kernel(Image.BootFiles files, Arch arch, boolean iommu) implements Source {
        public Kernel(Image.BootFiles files) {
            this(files, Arch.X86_64, false);
        }
    }

    /** A disk image by UEFI firmware. It is written to: its data partition survives. */
    public record Disk(Path image, Arch arch) implements Source {}

    public Machine {
        commands = List.copyOf(commands);
        options = List.copyOf(options);
        forwards = List.copyOf(forwards);
        arguments = List.copyOf(arguments);
    }

    boolean interactive() {
        return commands.isEmpty();
    }
}
