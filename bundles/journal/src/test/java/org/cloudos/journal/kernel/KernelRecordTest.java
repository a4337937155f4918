package org.cloudos.journal.kernel;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertThrows;

import java.nio.charset.StandardCharsets;
import java.util.Map;
import org.cloudos.journal.Entry;
import org.cloudos.journal.Level;
import org.junit.jupiter.api.Test;

class KernelRecordTest {
    private static KernelRecord parse(String text) {
        return KernelRecord.parse(text.getBytes(StandardCharsets.UTF_8));
    }

    @Test void readsWhatTheKernelDocumentationShows() {
        KernelRecord r = parse("7,160,424069,-;pci_root PNP0A03:00: host bridge window [io  0x0000-0x0cf7]\n SUBSYSTEM=acpi\n DEVICE=+acpi:PNP0A03:00\n");
        assertEquals(new KernelRecord(0, 7, 160, 424069, "pci_root PNP0A03:00: host bridge window [io  0x0000-0x0cf7]", "+acpi:PNP0A03:00"), r);
        Entry e = r.entry(1_000_000_000L);
        assertEquals(1_424_069_000L, e.time());
        assertEquals(Level.DEBUG, e.level());
        assertEquals(Map.of("source", "kernel", "device", "+acpi:PNP0A03:00"), e.values());
        assertEquals("emerg", parse("0,1,2,-;x\n").entry(0).values().get("severity"));
        assertEquals("daemon", parse("30,339,5140900,-,caller=T1;systemd[1]: x\n").entry(0).values().get("facility"));
    }

    @Test void bytesComeBackAndNonsenseIsTold() {
        assertEquals("a\t\u00e4\\x", parse("6,1,2,-;a\\x09\\xc3\\xa4\\x\n").text());
        for (String text : new String[] {"", ";", "a;b", "6,1;x", "6,x,2,-;y", "\u0000"}) {
            assertThrows(IllegalArgumentException.class, () -> parse(text), text);
        }
    }
}
