package org.cloudos.image;

import java.util.Arrays;
import java.util.stream.Collectors;

/** A processor architecture that images are made for, as the parties call it. */
public enum Arch {
    X86_64("x86_64", "amd64", "x86_64-linux-gnu", "ld-linux-x86-64.so.2", "linux-image-cloud-amd64", "linuxx64.efi.stub", "BOOTX64.EFI");

    private final String label;
    private final String debian;
    private final String triplet;
    private final String loader;
    private final String kernelPackage;
    private final String efiStub;
    private final String efiBootFile;

    Arch(String label, String debian, String triplet, String loader, String kernelPackage, String efiStub, String efiBootFile) {
        this.label = label;
        this.debian = debian;
        this.triplet = triplet;
        this.loader = loader;
        this.kernelPackage = kernelPackage;
        this.efiStub = efiStub;
        this.efiBootFile = efiBootFile;
    }

    /** @throws ImageException when no image can be made for it */
    public static Arch of(String name) throws ImageException {
        for (Arch arch : values()) {
            if (arch.label.equals(name) || arch.debian.equals(name)) return arch;
        }
        String known = Arrays.stream(values()).map(a -> a.label).collect(Collectors.joining(", "));
        String what = name.equals("aarch64") || name.equals("arm64") ? "not supported yet" : "unknown";
        throw new ImageException("architecture '" + name + "' is " + what + "; there are: " + known);
    }

    public String label() { return label; }

    String debian() { return debian; }

    String triplet() { return triplet; }

    /** The dynamic loader, in the folder of the libraries. */
    String loader() { return loader; }

    String kernelPackage() { return kernelPackage; }

    String efiStub() { return efiStub; }

    String efiBootFile() { return efiBootFile; }
}
