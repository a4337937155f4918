package org.cloudos.launcher;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.io.ByteArrayInputStream;
import java.io.IOException;
import java.io.InputStream;
import java.io.SequenceInputStream;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Clock;
import java.time.Duration;
import java.time.Instant;
import java.util.List;
import java.util.stream.Stream;
import org.cloudos.kernel.swap.BundleStore.BundleSet;
import org.cloudos.kernel.swap.BundleStore.Entry;
import org.cloudos.kernel.swap.Change;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class BootStoreTest {
    @TempDir Path data;

    /** The store as the next boot finds it. */
    private BootStore boot() {
        BootStore store = new BootStore(data, Clock.systemUTC(), new Reports());
        store.select();
        return store;
    }

    private Entry jar(BootStore store, String bsn, String content) throws IOException {
        byte[] bytes = content.getBytes(StandardCharsets.UTF_8);
        return new Entry(bsn, "1.0", store.put(new ByteArrayInputStream(bytes)));
    }

    private BundleSet deploy(String bsn, String content) throws IOException {
        BootStore store = boot();
        store.begin(List.of(jar(store, bsn, content)));
        store.commit();
        store.ready();
        return store.good();
    }

    @Test
    void nothingDeployedIsTheProfileAlone() throws Exception {
        BootStore store = boot();
        assertEquals(0, store.good().number());
        try (Stream<Path> files = Files.list(data)) {
            assertEquals(0, files.count(), "a boot without deployed bundles writes nothing");
        }
    }

    @Test
    void aCommittedSetIsThereAfterABoot() throws Exception {
        BundleSet set = deploy("a", "one");
        BootStore store = boot();
        assertEquals(set, store.good());
        assertEquals("one", Files.readString(store.file(set.entries().get(0).sha256())));
        assertEquals(List.of(set), store.sets());
    }

    @Test
    void aSetInTrialIsDroppedByABoot() throws Exception {
        BundleSet good = deploy("a", "one");
        BootStore store = boot();
        store.begin(List.of(jar(store, "a", "two")));
        assertEquals(2, store.pending().orElseThrow().number());
        assertEquals(good, boot().good());
        assertTrue(boot().pending().isEmpty());
    }

    @Test
    void aCutBetweenCommitAndTidyingUpKeepsTheSet() throws Exception {
        BundleSet good = deploy("a", "one");
        Files.writeString(data.resolve("sets/pending"), good.number() + "\n");
        assertEquals(good, boot().good());
        assertEquals(good, boot().good());
    }

    @Test
    void dropGoesBackAndRemovesTheJar() throws Exception {
        BundleSet good = deploy("a", "one");
        BootStore store = boot();
        Entry two = jar(store, "a", "two");
        store.begin(List.of(two));
        store.drop();
        assertEquals(good, store.good());
        assertFalse(Files.exists(store.file(two.sha256())));
        assertTrue(Files.exists(store.file(good.entries().get(0).sha256())));
    }

    @Test
    void damageSelectsTheSetBefore() throws Exception {
        BundleSet one = deploy("a", "one");
        BundleSet two = deploy("a", "two");
        Path jar = boot().file(two.entries().get(0).sha256());
        Files.writeString(jar, "tow");
        assertEquals(one, boot().good());
        assertEquals(one, boot().good(), "and stays there");
        assertEquals(3, deploy("a", "three").number(), "a number is never used twice");
    }

    @Test
    void anyDamageBoots() throws Exception {
        BundleSet one = deploy("a", "one");
        Files.writeString(data.resolve("sets/1.json"), "{\"number\":1,");
        assertEquals(0, boot().good().number());
        assertEquals(2, deploy("a", "one").number());
        Files.delete(boot().file(one.entries().get(0).sha256()));
        assertEquals(0, boot().good().number());
        deploy("a", "one");
        Files.writeString(data.resolve("sets/good"), "rubbish");
        assertEquals(3, boot().good().number());
        Files.writeString(data.resolve("sets/pending"), "rubbish");
        assertEquals(3, boot().good().number());
        Files.delete(data.resolve("sets/3.json"));
        assertEquals(0, boot().good().number());
    }

    @Test
    void aDigestThatIsAPathIsRefused() throws Exception {
        deploy("a", "one");
        Path file = data.resolve("sets/1.json");
        Files.writeString(file, Files.readString(file).replaceFirst("\"sha256\":\"[0-9a-f]*", "\"sha256\":\"../../etc/passwd"));
        assertEquals(0, boot().good().number());
    }

    @Test
    void threeBootsWithoutReadinessGoBack() throws Exception {
        BundleSet one = deploy("a", "one");
        BundleSet two = deploy("a", "two");
        for (int i = 0; i < BootStore.MAX_ATTEMPTS; i++) {
            assertEquals(two, boot().good());
        }
        for (int i = 0; i < BootStore.MAX_ATTEMPTS; i++) {
            assertEquals(one, boot().good());
        }
        assertEquals(0, boot().good().number());
        assertEquals(0, boot().good().number());
    }

    @Test
    void aReadyBootCountsFromTheBeginning() throws Exception {
        BundleSet set = deploy("a", "one");
        for (int i = 0; i < 3 * BootStore.MAX_ATTEMPTS; i++) {
            BootStore store = boot();
            assertEquals(set, store.good());
            if (i % 2 == 1) {
                store.ready();
            }
        }
    }

    @Test
    void aBundlesVersionBeforeIsKept() throws Exception {
        Entry old = deploy("a", "old").entries().get(0);
        BootStore store = boot();
        Entry now = jar(store, "a", "new");
        store.begin(List.of(now));
        store.commit();
        for (int i = 0; i < 12; i++) {
            store.begin(List.of(now, jar(store, "b", "b" + i)));
            store.commit();
        }
        assertTrue(Files.exists(store.file(old.sha256())));
        assertTrue(store.sets().stream().anyMatch(s -> s.entries().contains(old)));
        assertTrue(store.sets().size() < 9, "others go: " + store.sets().size());
    }

    @Test
    void aStreamThatFailsLeavesNothing() throws Exception {
        BootStore store = boot();
        InputStream broken = new SequenceInputStream(new ByteArrayInputStream(new byte[100_000]), new InputStream() {
            @Override
            public int read() throws IOException {
                throw new IOException("no more");
            }
        });
        IOException e = assertThrows(IOException.class, () -> store.put(broken));
        assertTrue(e.getMessage().contains("can't be written") && e.getMessage().contains("no more"), e.getMessage());
        try (Stream<Path> files = Files.list(data.resolve("store"))) {
            assertEquals(0, files.count());
        }
    }

    @Test
    void whatCantBeWrittenIsNotPending() throws Exception {
        BundleSet good = deploy("a", "one");
        BootStore store = boot();
        Entry two = jar(store, "a", "two");
        Files.createDirectory(data.resolve("sets/pending.new")); // stands where the file is to be written
        IOException e = assertThrows(IOException.class, () -> store.begin(List.of(two)));
        assertTrue(e.getMessage().contains("pending: can't be written"), e.getMessage());
        assertTrue(store.pending().isEmpty());
        assertEquals(good, boot().good());
    }

    @Test
    void changesSurviveATornLine() throws Exception {
        BootStore store = boot();
        Change change = new Change(1, Instant.parse("2026-01-01T00:00:00Z"), "deploy",
                List.of(new Change.Step("a", "1.0", "1.1", "00")), Change.Outcome.TAKEN_BACK, "its \"health\"\nfailed",
                Duration.ofNanos(123_456), 7, 0, List.of("b"));
        store.record(change);
        Path file = data.resolve("changes.jsonl");
        Files.writeString(file, Files.readString(file) + "{\"number\":2,\"at");
        store.record(change);
        assertEquals(List.of(change, change), boot().changes());
    }
}
