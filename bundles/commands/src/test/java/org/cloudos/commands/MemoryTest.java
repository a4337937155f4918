package org.cloudos.commands;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.util.List;
import java.util.Map;
import org.cloudos.shell.Json;
import org.junit.jupiter.api.Test;

class MemoryTest {
    private static final String MEMINFO = """
            MemTotal:         500000 kB
            MemFree:          300000 kB
            MemAvailable:     400000 kB
            SUnreclaim:        10000 kB
            KernelStack:        2000 kB
            AnonPages:         60000 kB
            HugePages_Total:       0
            Broken:              x kB
            NoColon kB
            """;

    @Test
    void readsWhatHasTheUnit() {
        Map<String, Long> values = ProcFile.parse(MEMINFO);
        assertEquals(500_000L * 1024, values.get("MemTotal"));
        assertEquals(List.of("MemTotal", "MemFree", "MemAvailable", "SUnreclaim", "KernelStack", "AnonPages"), List.copyOf(values.keySet()));
    }

    @Test
    void usedIsTotalLessAvailableAndThePartsAddUp() {
        Memory memory = Memory.of(ProcFile.parse(MEMINFO), Map.of("RssAnon", 40_000L * 1024, "VmRSS", 50_000L * 1024),
                List.of(new Memory.Part("JVM heap", 20_000L * 1024, "")));
        assertEquals(100_000L * 1024, memory.used());
        assertEquals(memory.used(), memory.breakdown().stream().mapToLong(Memory.Part::bytes).sum());
        assertEquals(20_000L * 1024, part(memory, "JVM, other"));
        assertEquals(20_000L * 1024, part(memory, "other processes"));
    }

    private static long part(Memory memory, String name) {
        return memory.breakdown().stream().filter(p -> p.part().equals(name)).findFirst().orElseThrow().bytes();
    }

    @Test
    void thisMachine() {
        Map<?, ?> json = (Map<?, ?>) Json.parse(new Json(Memory.now()).toString());
        long total = (Long) json.get("total");
        long used = (Long) json.get("used");
        assertTrue(used > 0 && used < total, json.toString());
    }
}
