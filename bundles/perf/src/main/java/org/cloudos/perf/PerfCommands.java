package org.cloudos.perf;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.time.LocalDateTime;
import java.time.format.DateTimeFormatter;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.stream.Stream;
import org.apache.felix.service.command.Descriptor;
import org.apache.felix.service.command.Parameter;
import org.apache.felix.service.command.annotations.GogoCommand;
import org.cloudos.shell.Column;
import org.cloudos.shell.Example;
import org.cloudos.shell.Json;
import org.osgi.framework.BundleContext;
import org.osgi.service.component.annotations.Activate;
import org.osgi.service.component.annotations.Component;

/** Where the processor's time and the heap go. */
@Component(service = PerfCommands.class)
@GogoCommand(scope = "perf", function = {"profile", "top"})
public final class PerfCommands {
    private static final DateTimeFormatter NAME = DateTimeFormatter.ofPattern("yyyyMMdd-HHmmss", Locale.ROOT);
    private static final int KEPT = 20;
    private static final Duration LONGEST = Duration.ofMinutes(10);

    /** What a profile left. */
    public record Made(String page, String recording, int samples, @Column(value = "allocated", unit = Column.Unit.BYTES) long bytes) { }

    /**
     * A bundle's part.
     *
     * @param cpu   of one processor: 1 is all of it
     * @param bytes allocated a second
     */
    public record Row(String bundle, @Column(value = "cpu", unit = Column.Unit.PERCENT) double cpu,
            @Column(value = "of all", unit = Column.Unit.PERCENT) double share, @Column(value = "allocates/s", unit = Column.Unit.BYTES) long bytes,
            long samples, String hottest) { }

    private final BundleContext context;
    private final Path folder;
    private final Recorder recorder = new Recorder();

    /** Made when a command runs first. */
    @Activate
    public PerfCommands(BundleContext context) {
        this.context = context;
        this.folder = Path.of(context.getProperty("cloudos.data"), "perf");
    }

    /** Profiles. */
    @Descriptor("records the running system and writes a flame graph page and a JFR file into DATA/perf")
    @Example({"perf:profile 10s", "perf:profile 1m"})
    public Object profile(
            @Parameter(names = "--json", presentValue = "true", absentValue = "false") @Descriptor("print JSON") boolean json,
            @Descriptor("how long, such as 10s or 2m") String duration) throws IOException, InterruptedException {
        Duration wanted = duration(duration);
        String name = "profile-" + LocalDateTime.now().format(NAME);
        Recorder.Result result = recorder.record(folder.resolve(name + ".jfr"), wanted, true);
        Profile profile = Profile.read(result.file(), new Owners(context));
        Map<String, Frame> graphs = new LinkedHashMap<>();
        graphs.put("Processor (samples)", profile.processor());
        graphs.put("Allocation (bytes)", profile.allocation());
        Path page = folder.resolve(name + ".html");
        Files.writeString(page, FlamePage.of("CloudOS, " + name + ", " + wanted.toSeconds() + " s", graphs));
        prune();
        return Json.when(json, new Made(page.toString(), result.file().toString(), (int) profile.processor().total(), profile.allocation().total()));
    }

    /** Uses. */
    @Descriptor("what each bundle uses of the processor and allocates: by the first frame of a stack that is no JDK's")
    @Example({"perf:top", "perf:top 10s", "perf:top --json"})
    public Object top(
            @Parameter(names = "--json", presentValue = "true", absentValue = "false") @Descriptor("print JSON") boolean json,
            @Descriptor("how long to look; 3s unless told") String... duration) throws IOException, InterruptedException {
        if (duration.length > 1) {
            throw new IllegalArgumentException("expected one duration, found " + String.join(", ", duration));
        }
        Duration wanted = duration(duration.length == 0 ? "3s" : duration[0]);
        Path file = folder.resolve("top.jfr");
        try {
            Recorder.Result result = recorder.record(file, wanted, false);
            Profile profile = Profile.read(file, new Owners(context));
            double seconds = result.took().toNanos() / 1e9;
            double used = result.cpu().toNanos() / 1e9 / seconds;
            long all = Math.max(1, profile.processor().total());
            List<Row> rows = new ArrayList<>();
            profile.uses().forEach((bundle, use) -> rows.add(new Row(bundle, used * use.samples() / all, (double) use.samples() / all,
                    (long) (use.bytes() / seconds), use.samples(), use.hottest())));
            rows.sort(Comparator.comparingLong(Row::samples).thenComparingLong(Row::bytes).reversed());
            return Json.when(json, rows);
        } finally {
            Files.deleteIfExists(file);
        }
    }

    /** Old profiles go, so that the data folder does not fill. */
    private void prune() throws IOException {
        List<Path> all;
        try (Stream<Path> files = Files.list(folder)) {
            all = files.filter(f -> f.getFileName().toString().matches("profile-\\d{8}-\\d{6}\\.(jfr|html)")).sorted().toList();
        }
        for (Path old : all.subList(0, Math.max(0, all.size() - 2 * KEPT))) {
            Files.deleteIfExists(old);
        }
    }

    static Duration duration(String text) {
        if (text.matches("\\d{1,4}(s|m)")) {
            long count = Long.parseLong(text.substring(0, text.length() - 1));
            Duration duration = text.endsWith("s") ? Duration.ofSeconds(count) : Duration.ofMinutes(count);
            if (duration.isPositive() && duration.compareTo(LONGEST) <= 0) {
                return duration;
            }
        }
        throw new IllegalArgumentException("expected a duration of 1s to 10m, found " + text);
    }
}
