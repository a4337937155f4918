package org.cloudos.image;

import static org.junit.jupiter.api.Assertions.assertEquals;

import java.util.List;
import org.cloudos.image.PartitionTable.Content;
import org.cloudos.image.PartitionTable.Partition;
import org.junit.jupiter.api.Test;

class PartitionTableTest {
    private static final long MIB = PartitionTable.MIB;

    private final PartitionTable table = PartitionTable.of(List.of(new Content("esp", PartitionTable.ESP, 64 * MIB),
            new Content("cloudos-root", PartitionTable.ROOT_X86_64, 3 * MIB + 1), new Content("cloudos-data", PartitionTable.VARIABLE_DATA, MIB)));

    @Test void partitionsStandOnMebibytesOneAfterTheOther() {
        assertEquals(List.of(new Partition("esp", PartitionTable.ESP, MIB, 64 * MIB),
                new Partition("cloudos-root", PartitionTable.ROOT_X86_64, 65 * MIB, 4 * MIB),
                new Partition("cloudos-data", PartitionTable.VARIABLE_DATA, 69 * MIB, MIB)), table.partitions());
        assertEquals(71 * MIB, table.diskSize());
    }

    @Test void script() {
        assertEquals("""
                label: gpt
                label-id: %s
                unit: sectors
                start=2048, size=131072, type=C12A7328-F81F-11D2-BA4B-00A0C93EC93B, uuid=%s, name="esp"
                start=133120, size=8192, type=4F68BCE3-E8CD-4DB1-96E7-FBCAF984B709, uuid=%s, name="cloudos-root"
                start=141312, size=2048, type=4D21B016-B534-45C2-A9FB-5C16E091FD2D, uuid=%s, name="cloudos-data"
                """.formatted(id("disk"), id("esp"), id("cloudos-root"), id("cloudos-data")), table.script());
    }

    private static String id(String name) {
        return Reproducible.id("partition/" + name).toString().toUpperCase(java.util.Locale.ROOT);
    }
}
