package org.cloudos.image;

import java.util.ArrayList;
import java.util.List;
import java.util.Locale;

/** A GPT (UEFI 2.10 §5.3): partitions one after the other, each on a MiB, with fixed identifiers. */
record PartitionTable(List<Partition> partitions) {
    static final int SECTOR = 512;
    static final long MIB = 1 << 20;

    /** Types of the Discoverable Partitions Specification. */
    static final String ESP = "C12A7328-F81F-11D2-BA4B-00A0C93EC93B";
    static final String ROOT_X86_64 = "4F68BCE3-E8CD-4DB1-96E7-FBCAF984B709";
    static final String ROOT_ARM64 = "B921B045-1DF0-41C3-AF44-4C6F280D3FAE";
    static final String VARIABLE_DATA = "4D21B016-B534-45C2-A9FB-5C16E091FD2D";

    /** @param offset and size in bytes, whole MiB */
    record Partition(String name, String type, long offset, long size) {}

    /** What goes on the disk: content of this many bytes, rounded up to a MiB. */
    record Content(String name, String type, long bytes) {}

    static PartitionTable of(List<Content> contents) {
        List<Partition> partitions = new ArrayList<>();
        long at = MIB; // protective MBR and table
        for (Content content : contents) {
            long size = (content.bytes() + MIB - 1) / MIB * MIB;
            partitions.add(new Partition(content.name(), content.type(), at, size));
            at += size;
        }
        return new PartitionTable(List.copyOf(partitions));
    }

    /** With room for the backup table at the end. */
    long diskSize() {
        Partition last = partitions.getLast();
        return last.offset() + last.size() + MIB;
    }

    /** The table as sfdisk(8) reads it. */
    String script() {
        StringBuilder text = new StringBuilder("label: gpt\nlabel-id: " + id("disk") + "\nunit: sectors\n");
        for (Partition p : partitions) {
            text.append("start=").append(p.offset() / SECTOR).append(", size=").append(p.size() / SECTOR).append(", type=").append(p.type())
                    .append(", uuid=").append(id(p.name())).append(", name=\"").append(p.name()).append("\"\n");
        }
        return text.toString();
    }

    private static String id(String name) {
        return Reproducible.id("partition/" + name).toString().toUpperCase(Locale.ROOT);
    }
}
