package org.cloudos.image;

import java.io.File;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Map;
import java.util.Set;

/** The host programs that images are made and run with, and the Debian packages they come in. */
public enum HostTools {
    /** What booting takes: kernel, initramfs and root. */
    KERNEL(Map.of("apt-get", "apt", "dpkg-deb", "dpkg", "mkfs.erofs", "erofs-utils", "gcc", "gcc", "objcopy", "binutils",
            "xz", "xz-utils", "zstd", "zstd"), Map.of("/usr/share/keyrings/debian-archive-keyring.gpg", "debian-archive-keyring",
            "/usr/include/stdio.h", "libc6-dev")),
    /** What a disk image takes besides. */
    DISK(Map.of("objcopy", "binutils", "mkfs.vfat", "dosfstools", "mcopy", "mtools", "sfdisk", "fdisk", "mkfs.ext4", "e2fsprogs"), Map.of()),
    /** What running takes. */
    QEMU(Map.of("qemu-system-x86_64", "qemu-system-x86", "mkfs.ext4", "e2fsprogs"), Map.of()),
    /** What running a disk image takes besides. */
    OVMF(Map.of(), Map.of("/usr/share/OVMF/OVMF_CODE_4M.fd", "ovmf")),
    /** What making aarch64's images takes besides, on another machine. */
    CROSS_AARCH64(Map.of("aarch64-linux-gnu-gcc", "gcc-aarch64-linux-gnu", "aarch64-linux-gnu-objcopy", "binutils-aarch64-linux-gnu"),
            Map.of("/usr/aarch64-linux-gnu/include/stdio.h", "libc6-dev-arm64-cross")),
    /** As {@link #QEMU} and {@link #OVMF}, for aarch64. */
    QEMU_AARCH64(Map.of("qemu-system-aarch64", "qemu-system-arm", "mkfs.ext4", "e2fsprogs"), Map.of()),
    AAVMF(Map.of(), Map.of("/usr/share/AAVMF/AAVMF_CODE.fd", "qemu-efi-aarch64"));

    private final Map<String, String> programs;
    private final Map<String, String> files;

    HostTools(Map<String, String> programs, Map<String, String> files) {
        this.programs = programs;
        this.files = files;
    }

    /** @return Debian packages to install, in order of name; empty when nothing is missing */
    public List<String> missing() {
        Set<String> packages = new LinkedHashSet<>();
        new LinkedHashMap<>(programs).forEach((program, deb) -> {
            if (find(program) == null) packages.add(deb);
        });
        files.forEach((file, deb) -> {
            if (!Files.exists(Path.of(file))) packages.add(deb);
        });
        return packages.stream().sorted().toList();
    }

    /** @throws ImageException naming every package that the sets lack */
    public static void require(HostTools... sets) throws ImageException {
        require(List.of(sets));
    }

    static void require(List<HostTools> sets) throws ImageException {
        List<String> missing = sets.stream().flatMap(s -> s.missing().stream()).distinct().sorted().toList();
        if (!missing.isEmpty()) {
            throw new ImageException("programs are missing; install them with: apt-get install " + String.join(" ", missing));
        }
    }

    /** A program's path; besides PATH the sbin folders, which users often lack there. Null when there is none. */
    static Path find(String program) {
        List<String> folders = new ArrayList<>(List.of(System.getenv().getOrDefault("PATH", "").split(File.pathSeparator)));
        folders.addAll(List.of("/usr/sbin", "/sbin"));
        for (String folder : folders) {
            Path candidate = Path.of(folder.isEmpty() ? "." : folder, program);
            if (Files.isExecutable(candidate)) return candidate;
        }
        return null;
    }

    /** @throws ImageException when the program is nowhere */
    public static Path path(String program) throws ImageException {
        Path found = find(program);
        if (found == null) throw new ImageException("the program " + program + " is missing");
        return found;
    }
}
