package org.cloudos.journal.service;

import java.io.IOException;
import java.nio.file.Path;
import java.time.Duration;
import java.time.InstantSource;
import java.util.stream.Stream;
import org.apache.felix.hc.api.HealthCheck;
import org.apache.felix.hc.api.Result;
import org.cloudos.journal.Entry;
import org.cloudos.journal.Journal;
import org.cloudos.journal.Query;
import org.cloudos.journal.store.FileJournal;
import org.cloudos.journal.store.Settings;
import org.cloudos.metrics.MetricSource;
import org.osgi.framework.BundleContext;
import org.osgi.service.component.annotations.Activate;
import org.osgi.service.component.annotations.Component;
import org.osgi.service.component.annotations.Deactivate;
import org.osgi.service.component.annotations.Modified;
import org.osgi.service.metatype.annotations.AttributeDefinition;
import org.osgi.service.metatype.annotations.Designate;
import org.osgi.service.metatype.annotations.ObjectClassDefinition;

/** The journal in {@code DATA/journal}. Without a gate: a record must not wait for anybody. */
@Component(service = {Journal.class, MetricSource.class, HealthCheck.class}, immediate = true, configurationPid = "org.cloudos.journal",
        property = {"cloudos.gate=false", "hc.name=journal", "hc.tags=system"})
@Designate(ocd = SystemJournal.Config.class)
public final class SystemJournal implements Journal, MetricSource, HealthCheck {
    private static final long MIB = 1 << 20;
    private static final Duration RECENT = Duration.ofMinutes(10);

    /** The section {@code journal} of the system's configuration. */
    @ObjectClassDefinition(name = "Journal", description = "Bounds of the journal of logs")
    public @interface Config {
        /** Of all files. */
        @AttributeDefinition(name = "Megabytes", description = "Size of the journal on disk; the oldest files go", min = "1", max = "1048576")
        int megabytes() default 256;

        /** Of records. */
        @AttributeDefinition(name = "Days", description = "How long records are kept", min = "1", max = "36500")
        int days() default 30;

        /** Left to others. */
        @AttributeDefinition(name = "Megabytes to keep free", description = "Space that the file system is to have left; the oldest files go for it",
                min = "0", max = "1048576")
        int keep_free_megabytes() default 64;

        /** Of a file. */
        @AttributeDefinition(name = "Megabytes of a file", description = "After which a file is closed and compressed", min = "1", max = "1024")
        int file_megabytes() default 16;

        /** Age of a file. */
        @AttributeDefinition(name = "Hours of a file", description = "After which a file is closed and compressed", min = "1", max = "8760")
        int file_hours() default 24;

        /** In memory. */
        @AttributeDefinition(name = "Kilobytes of memory", description = "Records that are not written yet; what comes beyond waits a little, then is lost"
                + " and counted", min = "64", max = "1048576")
        int buffer_kilobytes() default 4096;

        /** Until written. */
        @AttributeDefinition(name = "Flush", description = "Milliseconds until a record is written at the latest", min = "1", max = "60000")
        int flush_ms() default 100;

        /** Until forced. */
        @AttributeDefinition(name = "Sync", description = "Milliseconds until what was written is forced onto the medium at the latest",
                min = "1", max = "600000")
        int sync_ms() default 1000;

        /** Zstandard. */
        @AttributeDefinition(name = "Compression", description = "Level of Zstandard for closed files, 0 for none", min = "0", max = "19")
        int compression() default 3;
    }

    private final FileJournal journal;
    private volatile long lostBefore;
    private volatile long lostSeen;
    private volatile long lostAt = System.nanoTime() - RECENT.toNanos();

    /** Opens it, and repairs what a cut has left. */
    @Activate
    public SystemJournal(BundleContext context, Config config) throws IOException {
        String data = context.getProperty("cloudos.data");
        if (data == null) {
            throw new IOException("cloudos.data is not set: there is no place for the journal");
        }
        journal = FileJournal.open(Path.of(data, "journal"), settings(config), InstantSource.system());
    }

    @Modified
    void change(Config config) {
        journal.settings(settings(config));
    }

    @Deactivate
    void close() {
        journal.close();
    }

    private static Settings settings(Config c) {
        return new Settings(c.file_megabytes() * MIB, Duration.ofHours(c.file_hours()), c.megabytes() * MIB, Duration.ofDays(c.days()),
                c.keep_free_megabytes() * MIB, c.buffer_kilobytes() << 10, Duration.ofMillis(c.flush_ms()), Duration.ofMillis(c.sync_ms()),
                c.compression());
    }

    @Override public void append(Entry entry) {
        journal.append(entry);
    }

    @Override public Stream<Entry> query(Query query, Order order) {
        return journal.query(query, order);
    }

    @Override public Feed follow(Query query, long after) {
        return journal.follow(query, after);
    }

    @Override public long newest() {
        return journal.newest();
    }

    @Override public boolean sync(Duration limit) throws InterruptedException {
        return journal.sync(limit);
    }

    @Override public Status status() {
        return journal.status();
    }

    @Override public void collect(Sink sink) {
        Status s = journal.status();
        sink.counter("cloudos_log_records_total", "Records that the journal has taken", s.records());
        sink.counter("cloudos_log_lost_total", "Records that the journal could not keep", s.lost());
        sink.gauge("cloudos_log_bytes", "Size of the journal's files", s.bytes());
        sink.gauge("cloudos_log_files", "Number of the journal's files", s.files());
        sink.gauge("cloudos_log_damaged_blocks", "Blocks of the journal that could not be read", s.damaged());
    }

    @Override public Result execute() {
        Status s = journal.status();
        if (!s.trouble().isEmpty()) {
            return new Result(Result.Status.CRITICAL, "the journal can't be written: " + s.trouble());
        }
        if (s.lost() > lostSeen) {
            lostBefore = lostSeen;
            lostSeen = s.lost();
            lostAt = System.nanoTime();
        }
        if (s.lost() > 0 && System.nanoTime() - lostAt < RECENT.toNanos()) {
            return new Result(Result.Status.WARN, s.lost() - lostBefore + " records were lost lately");
        }
        return new Result(Result.Status.OK, "writes");
    }
}
