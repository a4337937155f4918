package org.cloudos.test.journal;

import com.sun.management.OperatingSystemMXBean;
import java.io.BufferedWriter;
import java.io.IOException;
import java.lang.management.ManagementFactory;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.time.Instant;
import java.time.InstantSource;
import java.util.Arrays;
import java.util.Random;
import java.util.stream.Stream;
import org.cloudos.journal.Entry;
import org.cloudos.journal.Journal;
import org.cloudos.journal.JsonLine;
import org.cloudos.journal.Level;
import org.cloudos.journal.Query;
import org.cloudos.journal.store.FileJournal;
import org.cloudos.journal.store.Settings;

/**
 * The last hour of a day's records by level and bundle: from the journal, opened anew, and by jq from the same records as
 * JSON lines. Prints a line of JSON.
 */
public final class QueryBench {
    private static final int BUNDLES = 24, ROUNDS = 7;
    private static final Duration DAY = Duration.ofHours(24);
    private static final OperatingSystemMXBean PROCESS = (OperatingSystemMXBean) ManagementFactory.getOperatingSystemMXBean();
    private static final String QUERY = "since 1h and level>=warn and bundle=fs.*";

    private QueryBench() { }

    /** @param args {@code FOLDER MEBIBYTES}, of records before compression; a folder that was filled before is searched again */
    public static void main(String[] args) throws Exception {
        Path folder = Path.of(args[0]), json = folder.resolve("records.jsonl");
        long bytes = Long.parseLong(args[1]) << 20;
        Path filled = folder.resolve("filled");
        Instant now = Files.exists(filled) ? Instant.parse(Files.readString(filled)) : Instant.now();
        Settings d = Settings.DEFAULT;
        Settings settings = new Settings(64L << 20, d.fileAge().multipliedBy(100), 1L << 40, d.maxAge(), 0, 16 << 20, d.flush(), d.sync(), d.compression());
        if (!Files.exists(filled)) {
            fill(folder.resolve("journal"), settings, json, bytes, now);
            Files.writeString(filled, now.toString());
        }
        long size;
        try (Stream<Path> files = Files.list(folder.resolve("journal"))) {
            size = files.mapToLong(f -> f.toFile().length()).sum();
        }
        double[] ms = new double[ROUNDS];
        double[] cpu = new double[ROUNDS];
        long found = 0;
        double first = 0;
        try (FileJournal journal = FileJournal.open(folder.resolve("journal"), settings, InstantSource.system())) {
            for (int i = 0; i < ROUNDS; i++) {
                long start = System.nanoTime(), busy = PROCESS.getProcessCpuTime();
                found = journal.query(Query.parse(QUERY, now), Journal.Order.OLDEST_FIRST).count();
                ms[i] = (System.nanoTime() - start) / 1e6;
                cpu[i] = (PROCESS.getProcessCpuTime() - busy) / 1e6;
                first = i == 0 ? ms[0] : first;
            }
        }
        Arrays.sort(ms);
        Arrays.sort(cpu);
        long start = System.nanoTime();
        long byJq = jq(json, now.minus(Duration.ofHours(1)));
        double jqMs = (System.nanoTime() - start) / 1e6;
        if (byJq != found) {
            throw new IOException("the journal found " + found + " records, jq " + byJq);
        }
        System.out.printf("{\"found\":%d,\"bytes\":%d,\"jsonBytes\":%d,\"firstMs\":%.1f,\"medianMs\":%.1f,\"cpuMs\":%.1f,\"jqMs\":%.0f}%n",
                found, size, Files.size(json), first, ms[ROUNDS / 2], cpu[ROUNDS / 2], jqMs);
    }

    private static void fill(Path folder, Settings settings, Path json, long bytes, Instant now) throws Exception {
        Random random = new Random(11);
        int n = 0;
        Files.createDirectories(folder);
        long estimated = bytes / 85; // bytes of a record here: the day's records are spread evenly
        try (FileJournal journal = FileJournal.open(folder, settings, InstantSource.system());
                BufferedWriter out = Files.newBufferedWriter(json, StandardCharsets.UTF_8)) {
            StringBuilder line = new StringBuilder();
            while (n < estimated || n % 1000 != 0 || journal.status().rawBytes() < bytes) {
                long time = Entry.nanos(now) - (long) (DAY.toNanos() * (1 - Math.min(1.0, (double) n / estimated)));
                Entry entry = entry(n++, time, random);
                journal.append(entry);
                line.setLength(0);
                JsonLine.append(line, entry);
                out.append(line).append('\n');
            }
            if (!journal.sync(Duration.ofMinutes(5)) || journal.status().lost() > 0) {
                throw new IOException("records were lost: " + journal.status());
            }
            while (journal.status().bytes() > journal.status().rawBytes() * 0.9 && bytes > 2 * settings.fileBytes()) {
                Thread.sleep(100); // files are still being closed
            }
        }
    }

    private static Entry entry(int n, long time, Random random) {
        int dice = random.nextInt(100);
        Level level = dice == 0 ? Level.ERROR : dice < 9 ? Level.WARN : dice < 11 ? Level.DEBUG : Level.INFO;
        int bundle = random.nextInt(BUNDLES);
        return Entry.at(level, "request " + n + " of /items/" + random.nextInt(100_000) + " took " + random.nextInt(500) + " ms, status "
                + (200 + random.nextInt(300))).time(time).bundle("org.cloudos." + (bundle < 3 ? "fs.part" : "other.part") + bundle).subsystem("bench")
                .thread("worker-" + random.nextInt(16)).logger("org.cloudos.bench.Handler" + bundle)
                .with("request", Long.toHexString(random.nextLong())).build();
    }

    private static long jq(Path json, Instant since) throws IOException, InterruptedException {
        String filter = "select(.time >= \"" + since + "\" and (.level == \"WARN\" or .level == \"ERROR\")"
                + " and (.bundle | startswith(\"org.cloudos.fs.\"))) | 1";
        Process jq = new ProcessBuilder("jq", "-c", filter, json.toString()).redirectError(ProcessBuilder.Redirect.INHERIT).start();
        jq.getOutputStream().close();
        long lines;
        try (Stream<String> out = jq.inputReader().lines()) {
            lines = out.count();
        }
        if (jq.waitFor() != 0) {
            throw new IOException("jq failed with " + jq.exitValue());
        }
        return lines;
    }
}
