package org.cloudos.image;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;

/** A disk that UEFI boots by itself: ESP (FAT, unified kernel image at the default path), EROFS root, ext4 data. */
final class DiskImage {
    /** FAT32 needs 65,525 clusters; smaller ones firmware may not take for FAT32. */
    private static final long ESP_BYTES = 64 * PartitionTable.MIB;
    private static final long DATA_BYTES = 1024 * PartitionTable.MIB;
    /** tty0 first: the last console is the one of init and shell. */
    private static final String COMMAND_LINE = "console=tty0 console=%s,115200 quiet panic=10";

    private DiskImage() {}

    static void write(Image.Parts parts, Path image) throws IOException {
        Path work = Files.createDirectory(image.resolveSibling("work"));
        Path kernel = work.resolve("kernel.efi");
        UnifiedKernel.write(stub(parts, work), parts.files(), COMMAND_LINE.formatted(parts.arch().console()), parts.profile(), kernel);
        Path esp = esp(kernel, parts.arch(), work);
        Path data = work.resolve("data.ext4");
        DataDisk.create(data, DATA_BYTES);
        Path root = parts.files().root();
        PartitionTable table = PartitionTable.of(List.of(
                new PartitionTable.Content("esp", PartitionTable.ESP, ESP_BYTES),
                new PartitionTable.Content(ErofsRoot.LABEL,
                        parts.arch() == Arch.X86_64 ? PartitionTable.ROOT_X86_64 : PartitionTable.ROOT_ARM64, Files.size(root)),
                new PartitionTable.Content(DataDisk.LABEL, PartitionTable.VARIABLE_DATA, DATA_BYTES)));
        Trees.createSparse(image, table.diskSize());
        new Tool(HostTools.path("sfdisk"), "--quiet", "--no-reread", "--no-tell-kernel", "--wipe=never", image).input(table.script()).run();
        List<Path> contents = List.of(esp, root, data);
        for (int i = 0; i < contents.size(); i++) Trees.copySparse(contents.get(i), image, table.partitions().get(i).offset());
        Trees.delete(work);
    }

    private static Path stub(Image.Parts parts, Path work) throws IOException {
        Deb deb = parts.debs().stream().filter(d -> d.name().equals("systemd-boot-efi")).findFirst()
                .orElseThrow(() -> new ImageException("the downloaded packages lack systemd-boot-efi"));
        Path extracted = work.resolve("stub");
        deb.extract(extracted);
        return extracted.resolve("usr/lib/systemd/boot/efi/" + parts.arch().efiStub());
    }

    private static Path esp(Path kernel, Arch arch, Path work) throws IOException {
        long needed = Files.size(kernel) + PartitionTable.MIB;
        if (needed > ESP_BYTES) throw new ImageException("the kernel image takes " + needed + " bytes, the ESP has " + ESP_BYTES);
        Path esp = work.resolve("esp.fat");
        Trees.createSparse(esp, ESP_BYTES);
        new Tool(HostTools.path("mkfs.vfat"), "--invariant", "-F", "32", "-s", "1", "-n", "CLOUDOS-ESP", esp).run();
        Files.setLastModifiedTime(kernel, Reproducible.TIME);
        new Tool("mmd", "-i", esp, "::/EFI", "::/EFI/BOOT").run();
        new Tool("mcopy", "-m", "-i", esp, kernel, "::/EFI/BOOT/" + arch.efiBootFile()).run();
        return esp;
    }
}
