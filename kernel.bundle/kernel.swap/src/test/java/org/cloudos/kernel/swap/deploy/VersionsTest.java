package org.cloudos.kernel.swap.deploy;

import static org.junit.jupiter.api.Assertions.assertEquals;

import java.time.Instant;
import java.util.ArrayList;
import java.util.List;
import org.cloudos.kernel.swap.BundleStore.BundleSet;
import org.cloudos.kernel.swap.BundleStore.Entry;
import org.junit.jupiter.api.Test;

class VersionsTest {
    /** Each word is the version that one set has of the bundle, "-" for none. */
    private static String before(String... versions) {
        List<BundleSet> sets = new ArrayList<>();
        for (String v : versions) {
            List<Entry> entries = new ArrayList<>(List.of(new Entry("other", "1", "o" + sets.size())));
            if (!v.equals("-")) entries.add(new Entry("b", v, "sha" + v));
            sets.add(new BundleSet(sets.size(), Instant.EPOCH, entries));
        }
        return Versions.before(sets, "b").map(Entry::version).orElse("-");
    }

    @Test
    void theVersionBefore() {
        assertEquals("-", before("-", "1"));
        assertEquals("1", before("-", "1", "2"));
        assertEquals("1", before("-", "1", "1", "2", "2"));
    }

    @Test
    void afterARollbackItGoesOnDown() {
        assertEquals("-", before("-", "1", "2", "1"));
        assertEquals("1", before("-", "1", "2", "3", "2"));
        assertEquals("1", before("-", "1", "2", "1", "3"));
    }

    @Test
    void whenOlderSetsWereThrownAway() {
        assertEquals("-", before("2"));
        assertEquals("2", before("2", "3"));
    }
}
