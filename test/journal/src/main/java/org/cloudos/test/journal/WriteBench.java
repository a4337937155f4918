package org.cloudos.test.journal;

import ch.qos.logback.classic.AsyncAppender;
import ch.qos.logback.classic.Level;
import ch.qos.logback.classic.LoggerContext;
import ch.qos.logback.classic.encoder.JsonEncoder;
import ch.qos.logback.classic.spi.ILoggingEvent;
import ch.qos.logback.core.FileAppender;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.time.InstantSource;
import java.util.ArrayList;
import java.util.List;
import java.util.stream.Stream;
import org.cloudos.journal.logback.Connected;
import org.cloudos.journal.store.FileJournal;
import org.cloudos.journal.store.Settings;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;
import org.slf4j.MDC;

/**
 * Four threads log by SLF4J and Logback until all is in files: into the journal, or through Logback's asynchronous appender,
 * which may lose nothing, into a file of JSON. Prints a line of JSON.
 */
public final class WriteBench {
    private static final int THREADS = 4, LOGGERS = 20;

    private WriteBench() { }

    /** @param args {@code journal|logback FOLDER RECORDS} */
    public static void main(String[] args) throws Exception {
        Path folder = Path.of(args[1]);
        int records = Integer.parseInt(args[2]);
        boolean journal = args[0].equals("journal");
        LoggerFactory.getILoggerFactory(); // before threads do: SLF4J would hold back what comes while it looks for Logback
        log(journal, folder.resolve("warm"), Math.min(records, 400_000)); // the compilers are through with it then
        Files.createDirectories(folder.resolve("run"));
        long start = System.nanoTime();
        long bytes = log(journal, folder.resolve("run"), records);
        double seconds = (System.nanoTime() - start) / 1e9;
        System.out.printf("{\"kind\":\"%s\",\"perSecond\":%.0f,\"bytesPerRecord\":%.1f,\"suppressedNs\":%.2f}%n", args[0],
                records / seconds, (double) bytes / records, suppressed());
    }

    private static long log(boolean intoJournal, Path folder, int records) throws Exception {
        Files.createDirectories(folder);
        if (!intoJournal) {
            return logback(folder, records);
        }
        try (FileJournal journal = FileJournal.open(folder, Settings.DEFAULT, InstantSource.system())) {
            Connected.to(journal);
            work(records);
            if (!journal.sync(Duration.ofMinutes(5)) || journal.status().lost() > 0) {
                throw new IOException("records were lost: " + journal.status());
            }
            return journal.status().rawBytes(); // the most that it can be on disk; closed files are compressed
        }
    }

    private static long logback(Path folder, int records) throws Exception {
        LoggerContext context = (LoggerContext) LoggerFactory.getILoggerFactory();
        context.reset();
        ch.qos.logback.classic.Logger root = context.getLogger(Logger.ROOT_LOGGER_NAME);
        root.setLevel(Level.INFO);
        JsonEncoder encoder = new JsonEncoder();
        encoder.setContext(context);
        encoder.start();
        FileAppender<ILoggingEvent> file = new FileAppender<>();
        file.setContext(context);
        file.setFile(folder.resolve("log.json").toString());
        file.setEncoder(encoder);
        file.setImmediateFlush(false); // the faster way
        file.start();
        AsyncAppender async = new AsyncAppender();
        async.setContext(context);
        async.setQueueSize(8192);
        async.setDiscardingThreshold(0); // it would drop INFO else
        async.setMaxFlushTime(0);        // until all is written
        async.addAppender(file);
        async.start();
        root.addAppender(async);
        work(records);
        async.stop();
        file.stop();
        try (Stream<Path> files = Files.list(folder)) {
            return files.mapToLong(f -> f.toFile().length()).sum();
        }
    }

    private static void work(int records) throws InterruptedException {
        List<Thread> threads = new ArrayList<>();
        for (int t = 0; t < THREADS; t++) {
            int number = t;
            threads.add(Thread.ofPlatform().name("worker-" + t).start(() -> {
                MDC.put("user", "user-" + number);
                for (int i = 0; i < records / THREADS; i++) {
                    LoggerFactory.getLogger("org.cloudos.bench.service" + i % LOGGERS + ".Handler")
                            .info("request {} of /items/{} served in {} ms", i, i % 1000, i % 37);
                }
            }));
        }
        for (Thread thread : threads) {
            thread.join();
        }
    }

    /** Nanoseconds of a record that nobody wants. */
    private static double suppressed() {
        Logger logger = LoggerFactory.getLogger("org.cloudos.bench.Suppressed");
        double best = Double.MAX_VALUE;
        for (int round = 0; round < 10; round++) {
            int calls = 10_000_000;
            long start = System.nanoTime();
            for (int i = 0; i < calls; i++) {
                logger.debug("request {} served", logger);
            }
            best = Math.min(best, (double) (System.nanoTime() - start) / calls);
        }
        return best;
    }
}
