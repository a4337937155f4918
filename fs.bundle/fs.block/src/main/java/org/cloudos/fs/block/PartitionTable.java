package org.cloudos.fs.block;

import java.lang.foreign.Arena;
import java.lang.foreign.MemorySegment;
import java.lang.foreign.ValueLayout;
import java.nio.ByteOrder;
import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.HashSet;
import java.util.List;
import java.util.Set;
import java.util.UUID;
import java.util.zip.CRC32;
import org.cloudos.hal.block.BlockDevice;
import org.cloudos.hal.block.BlockException;
import org.cloudos.hal.block.BlockLayer.Partition;
import org.cloudos.hal.block.BlockLayer.Partitions;

/**
 * Partition tables: GPT (UEFI 2.10 §5.3) with its second copy, and MBR with logical partitions. Nothing that a table says is believed: parts
 * lie within the device and do not overlap, or the table is refused with what was expected and found.
 *
 * <p>GPT header: 0 signature(8) · 8 revision(4) · 12 size(4) · 16 crc32(4) · 24 my lba · 32 other lba · 40 first usable · 48 last usable
 * · 56 guid(16) · 72 entries lba · 80 count(4) · 84 entry size(4) · 88 crc32 of entries(4). Entry: 0 type(16) · 16 guid(16) · 32 first · 40 last
 * · 48 flags · 56 name, UTF-16(72). MBR: 446 four entries of 16: 0 boot(1) · 4 type(1) · 8 first(4) · 12 count(4); 510 signature 0x55aa.
 */
final class PartitionTable {
    private static final ValueLayout.OfInt INT = ValueLayout.JAVA_INT_UNALIGNED.withOrder(ByteOrder.LITTLE_ENDIAN);
    private static final ValueLayout.OfLong LONG = ValueLayout.JAVA_LONG_UNALIGNED.withOrder(ByteOrder.LITTLE_ENDIAN);
    private static final ValueLayout.OfShort SHORT = ValueLayout.JAVA_SHORT_UNALIGNED.withOrder(ByteOrder.LITTLE_ENDIAN);
    private static final long EFI_PART = 0x5452415020494645L;
    private static final int SIGNATURE = 510, BOOT = 0xaa55, ENTRIES = 446, PROTECTIVE = 0xee, HEADER = 92, MOST_ENTRIES = 1024, MOST_LOGICAL = 128;

    private final BlockDevice device;
    private final int size;
    private final long blocks;
    private final List<String> problems = new ArrayList<>();

    /** What is wrong with a table: then its other copy counts, or it is none. */
    private static final class Damaged extends Exception {
        private static final long serialVersionUID = 1L;

        Damaged(String message) {
            super(message);
        }
    }

    private PartitionTable(BlockDevice device) {
        this.device = device;
        size = device.geometry().blockSize();
        blocks = device.geometry().blocks();
    }

    /** Reads a device's table. */
    static Partitions read(BlockDevice device) throws BlockException {
        return new PartitionTable(device).read();
    }

    private Partitions read() throws BlockException {
        if (blocks < 2) {
            return none();
        }
        try (Arena arena = Arena.ofShared()) {
            MemorySegment first = blocks(arena, 0, 1);
            if ((first.get(SHORT, SIGNATURE) & 0xffff) != BOOT) {
                return none();
            }
            boolean gpt = false;
            for (int i = 0; i < 4; i++) {
                gpt |= (first.get(ValueLayout.JAVA_BYTE, ENTRIES + 16 * i + 4) & 0xff) == PROTECTIVE;
            }
            return gpt ? gpt(arena) : mbr(arena, first);
        }
    }

    private Partitions none() {
        return new Partitions(device.name(), "none", List.of(), List.copyOf(problems));
    }

    private MemorySegment blocks(Arena arena, long block, long count) throws BlockException {
        MemorySegment memory = arena.allocate(count * size, Math.max(8, device.geometry().alignment()));
        device.read(block, memory);
        return memory;
    }

    private Partitions gpt(Arena arena) throws BlockException {
        for (long where : new long[] {1, blocks - 1}) {
            try {
                List<Partition> found = gpt(arena, where);
                return new Partitions(device.name(), "gpt", found, List.copyOf(problems));
            } catch (Damaged e) {
                problems.add((where == 1 ? "the first GPT: " : "the second GPT: ") + e.getMessage());
            }
        }
        return none();
    }

    private List<Partition> gpt(Arena arena, long where) throws BlockException, Damaged {
        MemorySegment header = blocks(arena, where, 1);
        expect("signature", EFI_PART, header.get(LONG, 0));
        long headerSize = Integer.toUnsignedLong(header.get(INT, 12));
        if (headerSize < HEADER || headerSize > size) {
            throw new Damaged("size of the header: expected " + HEADER + " to " + size + ", found " + headerSize);
        }
        int crc = header.get(INT, 16);
        header.set(INT, 16, 0);
        expect("checksum", Integer.toUnsignedLong(crc), crc(header.asSlice(0, headerSize)));
        expect("own place", where, header.get(LONG, 24));
        long firstUsable = header.get(LONG, 40), lastUsable = header.get(LONG, 48), at = header.get(LONG, 72);
        long count = Integer.toUnsignedLong(header.get(INT, 80)), entry = Integer.toUnsignedLong(header.get(INT, 84));
        if (count > MOST_ENTRIES || entry < 128 || entry > 4096 || entry % 8 != 0) {
            throw new Damaged("entries: expected at most " + MOST_ENTRIES + " of 128 to 4096 bytes, found " + count + " of " + entry);
        }
        if (firstUsable < 2 || lastUsable >= blocks || firstUsable > lastUsable + 1) {
            throw new Damaged("usable blocks: expected within 2 to " + (blocks - 1) + ", found " + firstUsable + " to " + lastUsable);
        }
        long need = Math.ceilDiv(count * entry, size);
        if (at < 2 || need < 1 || at > blocks - need) {
            throw new Damaged("place of the entries: expected 2 to " + (blocks - need) + ", found " + at);
        }
        MemorySegment entries = blocks(arena, at, need);
        expect("checksum of the entries", Integer.toUnsignedLong(header.get(INT, 88)), crc(entries.asSlice(0, count * entry)));
        List<Partition> found = new ArrayList<>();
        for (int i = 0; i < count; i++) {
            gptEntry(entries.asSlice(i * entry, entry), i + 1, firstUsable, lastUsable, found);
        }
        return checked(found);
    }

    private void gptEntry(MemorySegment e, int number, long firstUsable, long lastUsable, List<Partition> found) throws Damaged {
        UUID type = guid(e, 0);
        if (type.getMostSignificantBits() == 0 && type.getLeastSignificantBits() == 0) {
            return;
        }
        long first = e.get(LONG, 32), last = e.get(LONG, 40);
        if (first < firstUsable || last > lastUsable || first > last) {
            throw new Damaged("partition " + number + ": expected within " + firstUsable + " to " + lastUsable + ", found " + first + " to " + last);
        }
        String label = new String(e.asSlice(56, 72).toArray(ValueLayout.JAVA_BYTE), StandardCharsets.UTF_16LE).split("\0", 2)[0];
        found.add(part(number, first, last - first + 1, type.toString(), guid(e, 16).toString(), label.replaceAll("\\p{Cntrl}", "?")));
    }

    private Partition part(int number, long first, long count, String type, String id, String label) {
        boolean digit = Character.isDigit(device.name().charAt(device.name().length() - 1));
        return new Partition(device.name() + (digit ? "p" : "") + number, number, first, count, type, id, label);
    }

    /** The first three fields are little-endian. */
    private static UUID guid(MemorySegment m, long at) {
        long high = Integer.toUnsignedLong(m.get(INT, at)) << 32 | (m.get(SHORT, at + 4) & 0xffffL) << 16 | m.get(SHORT, at + 6) & 0xffffL;
        return new UUID(high, Long.reverseBytes(m.get(LONG, at + 8)));
    }

    private static long crc(MemorySegment memory) {
        CRC32 crc = new CRC32();
        crc.update(memory.toArray(ValueLayout.JAVA_BYTE));
        return crc.getValue();
    }

    private static void expect(String what, long expected, long found) throws Damaged {
        if (expected != found) {
            throw new Damaged(what + ": expected " + Long.toUnsignedString(expected, 16) + ", found " + Long.toUnsignedString(found, 16));
        }
    }

    private static List<Partition> checked(List<Partition> found) throws Damaged {
        List<Partition> sorted = found.stream().sorted(Comparator.comparingLong(Partition::first)).toList();
        for (int i = 1; i < sorted.size(); i++) {
            Partition before = sorted.get(i - 1), p = sorted.get(i);
            if (before.first() + before.blocks() > p.first()) {
                throw new Damaged("partitions " + before.number() + " and " + p.number() + " overlap at block " + p.first());
            }
        }
        return List.copyOf(found);
    }

    private Partitions mbr(Arena arena, MemorySegment table) throws BlockException {
        List<Partition> found = new ArrayList<>();
        try {
            long extended = 0, extendedBlocks = 0;
            for (int i = 0; i < 4; i++) {
                MemorySegment e = table.asSlice(ENTRIES + 16L * i, 16);
                int type = e.get(ValueLayout.JAVA_BYTE, 4) & 0xff;
                long first = Integer.toUnsignedLong(e.get(INT, 8)), count = Integer.toUnsignedLong(e.get(INT, 12));
                if (type == 0 || count == 0) {
                    continue;
                }
                within("partition " + (i + 1), first, count, 1, blocks);
                if (type == 0x05 || type == 0x0f || type == 0x85) {
                    extended = first;
                    extendedBlocks = count;
                } else {
                    found.add(part(i + 1, first, count, String.format("%02x", type), "", ""));
                }
            }
            if (extended > 0) {
                logical(arena, extended, extendedBlocks, found);
            }
            // A boot sector of a file system has the signature too: without a single entry it is no table.
            return found.isEmpty() && extended == 0 ? none() : new Partitions(device.name(), "mbr", checked(found), List.copyOf(problems));
        } catch (Damaged e) {
            problems.add("the MBR: " + e.getMessage());
            return none();
        }
    }

    private static void within(String what, long first, long count, long from, long end) throws Damaged {
        if (first < from || first > end - count) {
            throw new Damaged(what + ": expected within " + from + " to " + (end - 1) + ", found " + count + " blocks at " + first);
        }
    }

    /** A chain of tables, each with a partition, relative to itself, and the next table, relative to the extended partition. */
    private void logical(Arena arena, long extended, long extendedBlocks, List<Partition> found) throws BlockException, Damaged {
        Set<Long> seen = new HashSet<>();
        long at = extended;
        for (int number = 5; number < 5 + MOST_LOGICAL; number++) {
            if (!seen.add(at)) {
                throw new Damaged("logical partition " + number + ": expected a new table, found that at " + at + " again");
            }
            MemorySegment table = blocks(arena, at, 1);
            expect("signature of the table at " + at, BOOT, table.get(SHORT, SIGNATURE) & 0xffff);
            int type = table.get(ValueLayout.JAVA_BYTE, ENTRIES + 4) & 0xff;
            long first = Integer.toUnsignedLong(table.get(INT, ENTRIES + 8)), count = Integer.toUnsignedLong(table.get(INT, ENTRIES + 12));
            if (type != 0 && count > 0) {
                within("partition " + number, at + first, count, extended + 1, extended + extendedBlocks);
                found.add(part(number, at + first, count, String.format("%02x", type), "", ""));
            }
            long next = Integer.toUnsignedLong(table.get(INT, ENTRIES + 16 + 8));
            if (next == 0 || Integer.toUnsignedLong(table.get(INT, ENTRIES + 16 + 12)) == 0) {
                return;
            }
            at = extended + next;
            within("table " + number, at, 1, extended, extended + extendedBlocks);
        }
        throw new Damaged("expected at most " + MOST_LOGICAL + " logical partitions, found more");
    }
}
