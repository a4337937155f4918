package org.cloudos.metrics.history;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import io.prometheus.metrics.model.snapshots.GaugeSnapshot;
import io.prometheus.metrics.model.snapshots.Labels;
import io.prometheus.metrics.model.snapshots.MetricSnapshots;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardOpenOption;
import java.time.Duration;
import java.time.Instant;
import java.util.List;
import java.util.Map;
import org.cloudos.metrics.History.Graph;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class NodeHistoryTest {
    private static final Duration STEP = Duration.ofSeconds(10);
    private static final NodeHistory.Bounds BOUNDS = new NodeHistory.Bounds(STEP, Duration.ofHours(24), 1000, 64 << 20);
    @TempDir Path folder;
    private final Instant begin = Instant.ofEpochSecond(1_700_000_000);

    private static MetricSnapshots reading(double value, int series) {
        GaugeSnapshot.Builder gauge = GaugeSnapshot.builder().name("load").help("Load.");
        for (int i = 0; i < series; i++) {
            gauge.dataPoint(GaugeSnapshot.GaugeDataPointSnapshot.builder().labels(Labels.of("i", "" + i)).value(value + i).build());
        }
        return MetricSnapshots.of(gauge.build());
    }

    private Instant at(int tick) {
        return begin.plus(STEP.multipliedBy(tick));
    }

    private void fill(NodeHistory history, int from, int to) {
        for (int tick = from; tick < to; tick++) {
            history.tick(at(tick), reading(tick, 3));
        }
    }

    private static List<Graph> ask(NodeHistory history, String expression, Instant from, Instant to) {
        return history.range(expression, from, to, STEP);
    }

    @Test void aDaySurvivesARestart() throws IOException {
        try (NodeHistory history = new NodeHistory(folder, BOUNDS)) {
            fill(history, 0, 8000);
        }
        try (NodeHistory history = new NodeHistory(folder, BOUNDS)) {
            assertEquals(begin, history.extent().since());
            fill(history, 8000, 8640);
            List<Graph> graphs = ask(history, "load{i=\"1\"}", at(0), at(8639));
            assertEquals(1, graphs.size());
            assertEquals(8640, graphs.getFirst().points().size());
            assertEquals(4242 + 1, graphs.getFirst().points().get(4242).value());
            assertEquals(8639 + 1, graphs.getFirst().points().getLast().value());
            assertTrue(history.extent().bytes() < 200_000, "bytes of a day of 3 series: " + history.extent().bytes());
        }
    }

    @Test void onlyADayIsKept() throws IOException {
        try (NodeHistory history = new NodeHistory(folder, BOUNDS)) {
            fill(history, 0, 360 * 40);
            assertEquals(25, TickLog.files(folder).size());
            assertTrue(history.extent().since().isAfter(at(360 * 14)), history.extent().toString());
        }
    }

    @Test void itsSizeIsBounded() throws IOException {
        try (NodeHistory history = new NodeHistory(folder, new NodeHistory.Bounds(STEP, Duration.ofHours(24), 1000, 20_000))) {
            for (int tick = 0; tick < 3600; tick++) {
                history.tick(at(tick), reading(Math.sin(tick), 3));
            }
            assertTrue(history.extent().bytes() < 20_000 + 12_000, "all but the newest file: " + history.extent().bytes());
        }
    }

    @Test void seriesBeyondTheLimitAreLeftOutAndCounted() throws IOException {
        try (NodeHistory history = new NodeHistory(folder, BOUNDS)) {
            history.tick(at(0), reading(1, 1500));
            assertEquals(1000, history.extent().series());
            assertEquals(500, history.extent().leftOut());
        }
    }

    /** Wherever the power is cut, what was whole before is there, and goes on. */
    @Test void aFileThatIsCutKeepsWhatWasWhole() throws IOException {
        try (NodeHistory history = new NodeHistory(folder, BOUNDS)) {
            fill(history, 0, 20);
        }
        Path file = TickLog.files(folder).getFirst();
        byte[] whole = Files.readAllBytes(file);
        int before = 0;
        for (int length = 0; length <= whole.length; length++) {
            Files.write(file, java.util.Arrays.copyOf(whole, length));
            try (NodeHistory history = new NodeHistory(folder, BOUNDS)) {
                int points = points(history);
                assertTrue(points >= before, "cut at " + length);
                before = points;
                history.tick(at(30), reading(30, 3));
                assertEquals(points + 1, points(history), "it goes on after a cut at " + length);
            }
            try (var files = Files.list(folder)) {
                for (Path other : files.toList()) {
                    Files.delete(other);
                }
            }
        }
        assertEquals(20, before);
    }

    private int points(NodeHistory history) {
        // Series without a value are told for 5 minutes more: the times asked for are the ticks' own.
        return (int) history.range("load{i=\"0\"}", at(0), at(30), STEP).stream().flatMap(g -> g.points().stream())
                .map(p -> p.value()).distinct().count();
    }

    @Test void damageInTheMiddleEndsAFileNotTheHistory() throws IOException {
        try (NodeHistory history = new NodeHistory(folder, BOUNDS)) {
            fill(history, 0, 1000);
        }
        Path file = TickLog.files(folder).get(1);
        byte[] bytes = Files.readAllBytes(file);
        bytes[bytes.length / 2] ^= 0x55;
        Files.write(file, bytes);
        Files.writeString(folder.resolve("ticks-000000000"), "something else altogether");
        try (NodeHistory history = new NodeHistory(folder, BOUNDS)) {
            List<Graph> graphs = ask(history, "load{i=\"0\"}", at(0), at(999));
            assertEquals(999, graphs.getFirst().points().getLast().value(), "the file after it");
            assertEquals(100, graphs.getFirst().points().get(100).value(), "the file before it");
        }
    }

    @Test void aFullDiskCostsTheDiskOnly() throws IOException {
        Path occupied = folder.resolve("occupied");
        Files.writeString(occupied, "a file, where the folder should be");
        try (NodeHistory history = new NodeHistory(occupied, BOUNDS)) {
            for (int tick = 0; tick < 3; tick++) {
                history.tick(Instant.now().minusSeconds(30 - tick * 10), reading(tick, 1));
            }
            assertEquals(3, history.extent().lostTicks());
            assertEquals(2, history.now("load").getFirst().value(), "memory has it");
            Files.delete(occupied);
            history.tick(Instant.now(), reading(3, 1));
            assertEquals(3, history.extent().lostTicks());
            assertTrue(history.extent().bytes() > 0);
        }
    }

    @Test void aClockThatJumpsLosesNothing() throws IOException {
        try (NodeHistory history = new NodeHistory(folder, BOUNDS)) {
            fill(history, 0, 500);
            history.tick(at(1_000_000), reading(-1, 3)); // a year ahead, and back
            fill(history, 500, 1000);
            List<Graph> graphs = ask(history, "load{i=\"0\"}", at(0), at(999));
            assertEquals(1000, graphs.getFirst().points().size());
            for (int tick = 0; tick < 1000; tick++) {
                assertEquals(tick, graphs.getFirst().points().get(tick).value());
            }
        }
    }

    @Test void questionsAreBounded() throws IOException {
        try (NodeHistory history = new NodeHistory(folder, BOUNDS)) {
            assertThrows(IllegalArgumentException.class, () -> history.range("load", begin, begin.plusSeconds(86_400), Duration.ofSeconds(1)));
            assertThrows(IllegalArgumentException.class, () -> history.range("load", begin, begin.plusSeconds(1), Duration.ZERO));
            for (int tick = 0; tick < 2100; tick++) {
                history.tick(at(tick), reading(tick, 1000));
            }
            assertTrue(assertThrows(IllegalArgumentException.class, () -> history.range("load", at(0), at(2100), Duration.ofMinutes(5)))
                    .getMessage().contains("shorter time"));
            assertEquals(1, history.range("load{i=\"7\"}", at(0), at(2100), Duration.ofMinutes(5)).size());
        }
    }

    @Test void aSeriesThatIsGoneEndsAtOnce() throws IOException {
        try (NodeHistory history = new NodeHistory(folder, BOUNDS)) {
            Instant now = Instant.now();
            history.tick(now.minusSeconds(20), reading(1, 2));
            history.tick(now.minusSeconds(10), reading(1, 1));
            assertEquals(List.of(Map.of("i", "0")), history.now("load").stream().map(r -> r.labels()).toList());
        }
    }

    @Test void otherFilesAreLeftAlone() throws IOException {
        Files.writeString(folder.resolve("notes.txt"), "mine", StandardOpenOption.CREATE);
        try (NodeHistory history = new NodeHistory(folder, BOUNDS)) {
            fill(history, 0, 10);
        }
        assertEquals("mine", Files.readString(folder.resolve("notes.txt")));
    }
}
