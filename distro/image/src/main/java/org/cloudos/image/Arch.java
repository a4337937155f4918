package org.cloudos.image;

import java.util.Arrays;
import java.util.List;
import java.util.stream.Collectors;

/** A processor architecture that images are made for, as the parties call it. */
public enum Arch {
    X86_64("x86_64", "amd64", "ld-linux-x86-64.so.2", "x64", "ttyS0", HostTools.QEMU, HostTools.OVMF),
    AARCH64("aarch64", "arm64", "ld-linux-aarch64.so.1", "aa64", "ttyAMA0", HostTools.QEMU_AARCH64, HostTools.AAVMF);

    private final String label;
    private final String debian;
    private final String loader;
    private final String efi;
    private final String console;
    private final HostTools qemu;
    private final HostTools firmware;

    Arch(String label, String debian, String loader, String efi, String console, HostTools qemu, HostTools firmware) {
        this.label = label;
        this.debian = debian;
        this.loader = loader;
        this.efi = efi;
        this.console = console;
        this.qemu = qemu;
        this.firmware = firmware;
    }

    /**
     * The architecture of a name, Debian's too.
     *
     * @throws ImageException when no image can be made for it
     */
    public static Arch of(String name) throws ImageException {
        for (Arch arch : values()) {
            if (arch.label.equals(name) || arch.debian.equals(name)) return arch;
        }
        String known = Arrays.stream(values()).map(a -> a.label).collect(Collectors.joining(", "));
        throw new ImageException("architecture '" + name + "' is unknown; there are: " + known);
    }

    /** This machine's own. @throws ImageException when it is none of ours */
    static Arch host() throws ImageException {
        return of(System.getProperty("os.arch"));
    }

    /** Whether this machine can't run its programs without an emulator. */
    public boolean isForeign() {
        String host = System.getProperty("os.arch");
        return !host.equals(debian) && !host.equals(label);
    }

    public String label() { return label; }

    String debian() { return debian; }

    String triplet() { return label + "-linux-gnu"; }

    /** A program of the GNU tool chain that makes or reads this architecture's files. */
    String tool(String name) { return isForeign() ? triplet() + "-" + name : name; }

    /** What making images for it takes besides. */
    List<HostTools> crossTools() { return isForeign() && this == AARCH64 ? List.of(HostTools.CROSS_AARCH64) : List.of(); }

    /** The dynamic loader, in the folder of the libraries. */
    String loader() { return loader; }

    String kernelPackage() { return "linux-image-cloud-" + debian; }

    String efiStub() { return "linux" + efi + ".efi.stub"; }

    String efiBootFile() { return "BOOT" + efi.toUpperCase(java.util.Locale.ROOT) + ".EFI"; }

    /** The first serial line, as its kernel calls it. */
    public String console() { return console; }

    /** QEMU's program that emulates a machine of it, and the one that runs a program of it. */
    public String systemEmulator() { return "qemu-system-" + label; }

    String programEmulator() { return "qemu-" + label; }

    /** Debian's package with {@link #systemEmulator}. */
    String emulatorPackage() { return this == X86_64 ? "qemu-system-x86" : "qemu-system-arm"; }

    /** What running its machines takes. */
    public HostTools qemu() { return qemu; }

    /** What running its disk images takes besides. */
    public HostTools firmware() { return firmware; }
}
