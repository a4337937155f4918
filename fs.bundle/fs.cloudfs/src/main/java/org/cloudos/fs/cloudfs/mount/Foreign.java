package org.cloudos.fs.cloudfs.mount;

import java.nio.charset.StandardCharsets;
import java.util.Arrays;
import java.util.List;
import org.cloudos.fs.FsException;
import org.cloudos.fs.cloudfs.format.Layout;
import org.cloudos.fs.cloudfs.medium.Medium;
import org.cloudos.hal.block.BlockDevice;

/** What others keep on a device, known by its magic: so that nobody makes a volume over it by a slip. */
final class Foreign {
    private record Mark(int at, byte[] magic, String what) {
        Mark(int at, String magic, String what) {
            this(at, magic.getBytes(StandardCharsets.ISO_8859_1), what);
        }
    }

    /** More telling ones first: a disk with a GPT has an MBR too, and a FAT begins as an MBR does. */
    private static final List<Mark> MARKS = List.of(
            new Mark(512, "EFI PART", "a partition table"), // UEFI 2.10 §5.3.2; with blocks of 4 KiB the next one
            new Mark(4096, "EFI PART", "a partition table"),
            new Mark(1080, "S\u00ef", "an ext2, ext3 or ext4 file system"),
            new Mark(0, "XFSB", "an XFS file system"),
            new Mark(65_600, "_BHRfS_M", "a btrfs file system"),
            new Mark(0, "LUKS\u00ba\u00be", "a LUKS volume"),
            new Mark(536, "LVM2 001", "a physical volume of LVM"),
            new Mark(4086, "SWAPSPACE2", "swap space"),
            new Mark(510, "U\u00aa", "a partition table or boot sector"));
    private static final int BLOCKS = 17;

    private Foreign() { }

    /** @return what is there, or null for nothing that is known */
    static String on(BlockDevice device) throws FsException {
        byte[] begin = new byte[BLOCKS * Layout.BLOCK];
        try (Medium medium = new Medium(List.of(device), null)) {
            for (int i = 0; i < BLOCKS && i < medium.blocks(); i++) {
                System.arraycopy(medium.readClear(0, i), 0, begin, i * Layout.BLOCK, Layout.BLOCK);
            }
        }
        for (Mark mark : MARKS) {
            if (Arrays.equals(begin, mark.at, mark.at + mark.magic.length, mark.magic, 0, mark.magic.length)) {
                return mark.what;
            }
        }
        return null;
    }
}
