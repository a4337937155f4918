package org.cloudos.metrics.history;

import io.prometheus.metrics.model.snapshots.MetricSnapshots;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.concurrent.ConcurrentHashMap;
import org.cloudos.metrics.History;
import org.cloudos.metrics.query.Evaluator;
import org.cloudos.metrics.query.Expr;
import org.cloudos.metrics.query.Parser;
import org.cloudos.metrics.query.SeriesData;
import org.cloudos.metrics.registry.MetricView;

/** {@link History} in files of a folder and in memory. */
public final class NodeHistory implements History, AutoCloseable {
    private static final System.Logger LOG = System.getLogger(NodeHistory.class.getName());
    private static final int MAX_STEPS = 11_000;
    private static final int MAX_GRAPHS = 1_000;
    /** Points that one question may load: 32 MB. */
    private static final int MAX_POINTS = 2_000_000;

    /**
     * How much is kept.
     *
     * @param keep  a day; in files of an hour
     * @param bytes on disk
     */
    public record Bounds(Duration interval, Duration keep, int series, long bytes) { }

    private final Path folder;
    private final Bounds bounds;
    private final TickLog log;
    private final Recent recent = new Recent();                            // guarded by itself
    private final Map<Path, TickFile.Span> spans = new ConcurrentHashMap<>(); // of files that are complete
    private volatile int leftOut;
    private volatile long lost;
    private boolean failing; // only the sampler's
    private volatile Oldest oldest = new Oldest(null, Long.MAX_VALUE);

    /** Nothing is read or written yet. */
    public NodeHistory(Path folder, Bounds bounds) {
        this.folder = folder;
        this.bounds = bounds;
        long perHour = Math.max(1, 3_600_000 / bounds.interval().toMillis());
        int files = (int) Math.max(1, bounds.keep().toMillis() / 3_600_000);
        this.log = new TickLog(folder, (int) perHour, files, bounds.bytes());
    }

    /** Takes one reading. Called by one thread. */
    public void tick(Instant at, MetricSnapshots snapshots) {
        Ticks ticks = Ticks.of(snapshots, bounds.series());
        if (ticks.leftOut() > 0 && leftOut == 0) {
            LOG.log(System.Logger.Level.WARNING, "the history keeps " + bounds.series() + " series and leaves out " + ticks.leftOut());
        }
        leftOut = ticks.leftOut();
        synchronized (recent) {
            recent.add(at.toEpochMilli(), ticks.values());
        }
        try {
            log.append(at.toEpochMilli(), ticks.values());
            if (failing) {
                failing = false;
                LOG.log(System.Logger.Level.INFO, "the history is written again; " + lost + " values of each series were lost");
            }
        } catch (IOException e) {
            lost++;
            if (!failing) {
                failing = true;
                LOG.log(System.Logger.Level.WARNING, "the history can't be written to " + folder + ": " + e.getMessage()
                        + "; it goes on in memory", e);
            }
        }
    }

    @Override
    public void check(String expression) {
        Parser.parse(expression);
    }

    @Override
    public List<Reading> now(String expression) {
        Expr expr = Parser.parse(expression);
        long newest;
        synchronized (recent) {
            newest = recent.newest();
        }
        // Also when the clock was set forward: a tick later it is right again.
        if (newest == Long.MIN_VALUE || System.currentTimeMillis() - newest > Evaluator.LOOK_BACK_MS) {
            return Parser.isScalar(expr) ? new Evaluator(expr, this::load, 0, 0).at(0) : List.of();
        }
        return new Evaluator(expr, this::load, newest, newest).at(newest);
    }

    @Override
    public List<Graph> range(String expression, Instant from, Instant to, Duration step) {
        long stepMs = step.toMillis();
        long begin = from.toEpochMilli();
        long end = to.toEpochMilli();
        if (stepMs < 1000 || end < begin || (end - begin) / stepMs >= MAX_STEPS) {
            throw new IllegalArgumentException("expected a step of at least a second and at most " + MAX_STEPS + " of them, found "
                    + step + " from " + from + " to " + to);
        }
        Evaluator evaluator = new Evaluator(Parser.parse(expression), this::load, begin, end);
        Map<SeriesName, List<Point>> graphs = new LinkedHashMap<>();
        for (long time = begin; time <= end; time += stepMs) {
            Instant at = Instant.ofEpochMilli(time);
            for (Reading reading : evaluator.at(time)) {
                SeriesName key = new SeriesName(reading.name(), reading.labels());
                List<Point> points = graphs.get(key);
                if (points == null && graphs.size() < MAX_GRAPHS) {
                    points = new ArrayList<>();
                    graphs.put(key, points);
                }
                if (points != null) {
                    points.add(new Point(at, reading.value()));
                }
            }
        }
        return graphs.entrySet().stream().map(e -> new Graph(e.getKey().name(), e.getKey().labels(), e.getValue())).toList();
    }

    private record SeriesName(String name, Map<String, String> labels) { }

    /** What is in memory from there, what is older from the files. */
    private List<SeriesData> load(Expr.Selector selector, long from, long to) {
        Loading loading = new Loading(selector);
        long inMemory;
        synchronized (recent) {
            inMemory = recent.oldest();
            if (from >= inMemory || inMemory == Long.MAX_VALUE) {
                recent.each(from, loading::wanted, loading::point);
                if (inMemory != Long.MAX_VALUE) {
                    return List.copyOf(loading.all.values());
                }
            }
        }
        fromFiles(loading, from, Math.min(to, inMemory - 1));
        synchronized (recent) {
            recent.each(inMemory, loading::wanted, loading::point);
        }
        return List.copyOf(loading.all.values());
    }

    private static final class Loading {
        private final Expr.Selector selector;
        private final Map<SeriesKey, SeriesData> all = new LinkedHashMap<>();
        private final Map<SeriesKey, Boolean> decided = new HashMap<>();
        private int points;

        Loading(Expr.Selector selector) {
            this.selector = selector;
        }

        boolean wanted(SeriesKey key) {
            return key.name().equals(selector.name())
                    && decided.computeIfAbsent(key, k -> selector.matches(k.name(), MetricView.labels(k.labels())));
        }

        void point(SeriesKey key, long time, double value) {
            if (++points > MAX_POINTS) {
                throw new IllegalArgumentException("more than " + MAX_POINTS + " values would have to be read: ask for a shorter time, or for"
                        + " fewer series of " + selector.name());
            }
            all.computeIfAbsent(key, k -> new SeriesData(k.name(), MetricView.labels(k.labels()))).add(time, value);
        }
    }

    private void fromFiles(Loading loading, long from, long to) {
        try {
            List<Path> files = TickLog.files(folder);
            spans.keySet().retainAll(files);
            for (Path file : files) {
                boolean complete = !file.equals(files.getLast());
                TickFile.Span span = spans.get(file);
                if (span != null && (span.last() < from || span.first() > to)) {
                    continue;
                }
                TickFile.Span read = read(file, loading, from, to);
                if (complete && read != null) {
                    spans.put(file, read);
                }
            }
        } catch (IOException e) {
            LOG.log(System.Logger.Level.WARNING, "the history in " + folder + " can't be read: " + e.getMessage());
        }
    }

    private static TickFile.Span read(Path file, Loading loading, long from, long to) {
        List<SeriesKey> wanted = new ArrayList<>();
        List<Integer> ids = new ArrayList<>();
        int[] next = new int[1];
        try {
            return TickFile.read(file, new TickFile.Visitor() {
                @Override public void reset() {
                    wanted.clear();
                    ids.clear();
                    next[0] = 0;
                }

                @Override public void series(SeriesKey key) {
                    if (loading.wanted(key)) {
                        wanted.add(key);
                        ids.add(next[0]);
                    }
                    next[0]++;
                }

                @Override public boolean tick(long time, TickCodec values) {
                    for (int i = 0; time >= from && time <= to && i < ids.size(); i++) {
                        loading.point(wanted.get(i), time, values.value(ids.get(i)));
                    }
                    return true;
                }
            });
        } catch (IOException e) {
            LOG.log(System.Logger.Level.DEBUG, "passed over: " + e.getMessage());
            return null; // removed meanwhile, or none of ours
        }
    }

    @Override
    public Extent extent() {
        List<Path> files;
        try {
            files = Files.isDirectory(folder) ? TickLog.files(folder) : List.of();
        } catch (IOException e) {
            files = List.of();
        }
        long since;
        int series;
        synchronized (recent) {
            since = recent.oldest();
            series = recent.series();
        }
        if (!files.isEmpty()) {
            since = Math.min(since, firstOf(files.getFirst()));
        }
        return new Extent(since == Long.MAX_VALUE ? Instant.now() : Instant.ofEpochMilli(since), bounds.interval(), series, leftOut,
                TickLog.bytes(files), lost);
    }

    private record Oldest(Path file, long first) { }

    /** Time of a file's first tick: the file is read once. */
    private long firstOf(Path file) {
        Oldest known = oldest;
        if (!file.equals(known.file()) || known.first() == Long.MAX_VALUE) {
            known = new Oldest(file, readFirst(file));
            oldest = known;
        }
        return known.first();
    }

    private static long readFirst(Path file) {
        try {
            return TickFile.read(file, new TickFile.Visitor() {
                @Override public void series(SeriesKey key) { }

                @Override public boolean tick(long time, TickCodec values) {
                    return false;
                }
            }).first();
        } catch (IOException e) {
            return Long.MAX_VALUE;
        }
    }

    @Override
    public void close() throws IOException {
        log.close();
    }
}
