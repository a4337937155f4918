package org.cloudos.config.store;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Random;
import java.util.SortedMap;
import java.util.TreeMap;
import java.util.concurrent.TimeUnit;
import java.util.stream.Stream;
import org.cloudos.config.Change;
import org.cloudos.config.layers.Folder;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class HistoryTest {
    @TempDir
    private Path path;
    private final List<String> complaints = new ArrayList<>();

    private History open() throws IOException {
        return new History(new Folder(path, path.resolve("none")), complaints::add);
    }

    private static Revision revision(History history, String... files) {
        TreeMap<String, String> texts = new TreeMap<>();
        for (int i = 0; i < files.length; i += 2) {
            texts.put(files[i], files[i + 1]);
        }
        return new Revision(new Change(history.next(), Instant.EPOCH, Change.Kind.EDIT, "test", Change.Outcome.ON_TRIAL,
                List.of(new Change.Difference("a.b", null, 5L)), List.of("pid"), Duration.ofMillis(3), "why"), history.good().change().number(), texts);
    }

    static SortedMap<String, String> onDisk(Path path) throws IOException {
        TreeMap<String, String> texts = new TreeMap<>();
        try (Stream<Path> files = Files.walk(path)) {
            for (Path file : files.filter(f -> f.toString().endsWith(".yaml") && !f.getFileName().toString().startsWith(".")).toList()) {
                texts.put(path.relativize(file).toString(), Files.readString(file));
            }
        }
        return texts;
    }

    @Test
    void keepsAndTakesBack() throws Exception {
        History history = open();
        Revision first = revision(history, "machine.yaml", "a: 1", "conf.d/x.yaml", "b: 1");
        history.begin(first);
        history.commit(first);
        Revision second = revision(history, "machine.yaml", "a: 2");
        history.begin(second);
        assertEquals(Map.of("machine.yaml", "a: 2"), onDisk(path));
        history.takeBack(second, "no good");
        assertEquals(first.files(), onDisk(path));
        List<Change> changes = open().changes();
        assertEquals(List.of(Change.Outcome.APPLIED, Change.Outcome.TAKEN_BACK), changes.stream().map(Change::outcome).toList());
        assertEquals(history.changes(), changes, "read as it was written");
    }

    @Test
    void aCutTrialGoesBackAtTheNextStart() throws Exception {
        History history = open();
        Revision first = revision(history, "machine.yaml", "a: 1");
        history.begin(first);
        history.commit(first);
        Revision cut = revision(history, "machine.yaml", "a: 2", "conf.d/new.yaml", "c: 1");
        history.begin(cut);
        Files.writeString(path.resolve("conf.d/new.yaml"), "c: 2 # by hand, since");
        History next = open();
        assertEquals(Change.Outcome.TAKEN_BACK, next.recover().orElseThrow().change().outcome());
        assertEquals(Map.of("machine.yaml", "a: 1", "conf.d/new.yaml", "c: 2 # by hand, since"), onDisk(path));
        assertTrue(complaints.toString().contains("was edited since"), complaints.toString());
        assertTrue(open().recover().isEmpty());
    }

    @Test
    void whatCanNotBeWrittenHasNotBegun() throws Exception {
        History history = open();
        Files.createDirectories(path.resolve("machine.yaml/inside"));
        assertThrows(IOException.class, () -> history.begin(revision(history, "machine.yaml", "a: 1")));
        assertTrue(history.changes().stream().noneMatch(c -> c.outcome() == Change.Outcome.ON_TRIAL), history.changes().toString());
        Files.delete(path.resolve("machine.yaml/inside"));
        Files.delete(path.resolve("machine.yaml"));
        History next = open();
        next.recover();
        assertTrue(next.changes().stream().noneMatch(c -> c.outcome() == Change.Outcome.ON_TRIAL), next.changes().toString());
    }

    @Test
    void damagedRevisionsArePassedOver() throws Exception {
        History history = open();
        for (int i = 0; i < 3; i++) {
            Revision revision = revision(history, "machine.yaml", "a: " + i);
            history.begin(revision);
            history.commit(revision);
        }
        Files.writeString(path.resolve("history/3.json"), "{\"number\":3");
        Files.writeString(path.resolve("history/4.json"), "[1,2]");
        History next = open();
        assertEquals(2, next.good().change().number());
        assertEquals(2, complaints.size(), complaints.toString());
    }

    /** A process that only makes changes is killed at random moments; afterwards the files are those of the good revision. */
    @Test
    void killedAtAnyMoment() throws Exception {
        long seed = System.nanoTime();
        Random random = new Random(seed);
        for (int round = 0; round < 6; round++) {
            Process process = new ProcessBuilder(Path.of(System.getProperty("java.home"), "bin/java").toString(), "-XX:TieredStopAtLevel=1",
                    "-cp", System.getProperty("java.class.path"), Changer.class.getName(), path.toString(), Long.toString(random.nextLong()))
                    .redirectErrorStream(true).start();
            assertEquals('+', process.getInputStream().read(), "seed " + seed); // it changes now
            Thread.sleep(random.nextInt(200));
            process.destroyForcibly();
            assertTrue(process.waitFor(60, TimeUnit.SECONDS));
            History history = open();
            history.recover();
            assertEquals(history.good().files(), onDisk(path), "seed " + seed);
            assertTrue(history.changes().stream().noneMatch(c -> c.outcome() == Change.Outcome.ON_TRIAL), "seed " + seed);
        }
        assertEquals(List.of(), complaints);
    }

    /** Makes changes until it is killed. */
    static final class Changer {
        private Changer() { }

        public static void main(String[] args) throws IOException {
            Path path = Path.of(args[0]);
            Random random = new Random(Long.parseLong(args[1]));
            History history = new History(new Folder(path, path.resolve("none")), m -> { });
            history.recover();
            System.out.write('+');
            System.out.flush();
            while (true) {
                Revision revision = revision(history, "machine.yaml", "a: " + random.nextInt(), "conf.d/" + random.nextInt(3) + ".yaml",
                        "b: " + "x".repeat(random.nextInt(5000)));
                history.begin(revision);
                if (random.nextBoolean()) {
                    history.commit(revision);
                } else {
                    history.takeBack(revision, "test");
                }
            }
        }
    }
}
