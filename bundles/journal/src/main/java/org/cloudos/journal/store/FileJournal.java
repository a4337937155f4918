package org.cloudos.journal.store;

import java.io.IOException;
import java.io.RandomAccessFile;
import java.nio.channels.FileLock;
import java.nio.channels.OverlappingFileLockException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.time.InstantSource;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.atomic.AtomicLong;
import java.util.stream.Stream;
import java.util.stream.StreamSupport;
import org.cloudos.journal.Entry;
import org.cloudos.journal.Journal;
import org.cloudos.journal.Level;
import org.cloudos.journal.Query;

/** A journal in a folder. Opened by one at a time. */
public final class FileJournal implements Journal, AutoCloseable {
    private static final long CLOSE_LIMIT_MS = 10_000;
    private static final int MOST_AT_ONCE = 512;

    private final Folder folder; // guarded by batches.lock
    private final Batches batches;
    private final Medium medium;
    private final InstantSource clock;
    private final Writing writing;
    private final Thread writer;
    private final RandomAccessFile lockFile;
    private final AtomicLong damaged;
    private final Readers readers = new Readers();
    private volatile Thread sealer; // written under batches.lock
    private volatile Settings settings;
    private volatile boolean closed;

    private FileJournal(Folder folder, Medium medium, InstantSource clock, Settings settings, RandomAccessFile lockFile) {
        this.folder = folder;
        this.medium = medium;
        this.clock = clock;
        this.settings = settings;
        this.lockFile = lockFile;
        damaged = new AtomicLong(folder.damaged);
        batches = new Batches(settings, folder.next);
        writing = new Writing(batches, folder, medium, clock, settings, this::startSealing);
        writer = Thread.ofPlatform().daemon().name("journal").unstarted(writing);
    }

    /**
     * Opens the journal of a folder, makes it if there is none, and repairs what a cut has left.
     *
     * @throws IOException if the folder can't be used, or somebody else has it open
     */
    public static FileJournal open(Path path, Settings settings, InstantSource clock) throws IOException {
        return open(path, settings, clock, Medium.FILES);
    }

    static FileJournal open(Path path, Settings settings, InstantSource clock, Medium medium) throws IOException {
        Files.createDirectories(path);
        RandomAccessFile lockFile = new RandomAccessFile(path.resolve("lock").toFile(), "rw");
        try {
            FileLock lock;
            try {
                lock = lockFile.getChannel().tryLock();
            } catch (OverlappingFileLockException e) {
                lock = null;
            }
            if (lock == null) {
                throw new IOException("The journal in " + path + " is open elsewhere: one system at a time writes to a data folder");
            }
            Folder folder = new Folder(path);
            folder.recover(medium, Entry.nanos(clock.instant()));
            FileJournal journal = new FileJournal(folder, medium, clock, settings, lockFile);
            journal.writer.start();
            for (String finding : folder.findings) {
                journal.note(finding);
            }
            journal.startSealing();
            return journal;
        } catch (IOException | RuntimeException e) {
            lockFile.close();
            throw e;
        }
    }

    /** Other bounds from now on. */
    public void settings(Settings changed) {
        settings = changed;
        batches.settings(changed);
        writing.settings(changed);
    }

    @Override public void append(Entry entry) {
        batches.append(entry);
    }

    @Override public Stream<Entry> query(Query query, Order order) {
        Search search = new Search(runs(true), query, Prefilter.of(query.condition()), order == Order.NEWEST_FIRST, damaged, readers);
        return StreamSupport.stream(search, false);
    }

    private List<Run> runs(boolean all) {
        batches.lock.lock();
        try {
            Run pending = batches.pending(all);
            List<Run> runs = folder.runs();
            runs.add(pending);
            return runs;
        } finally {
            batches.lock.unlock();
        }
    }

    @Override public Feed follow(Query query, long after) {
        return new Cursor(query, after);
    }

    @Override public long newest() {
        return batches.newest();
    }

    @Override public boolean sync(Duration limit) throws InterruptedException {
        return batches.sync(limit);
    }

    @Override public Status status() {
        batches.lock.lock();
        try {
            return batches.status(folder.files(), folder.bytes(), folder.rawBytes(), damaged.get(), folder.oldest());
        } catch (IOException e) {
            throw new IllegalStateException("The oldest file can't be read: " + e.getMessage(), e);
        } finally {
            batches.lock.unlock();
        }
    }

    /** In a thread that lives as long as there is something to do. */
    private void startSealing() {
        batches.lock.lock();
        try {
            if (!folder.waiting.isEmpty() && !closed && sealer == null) {
                sealer = Thread.ofPlatform().daemon().name("journal seal").start(this::seal);
            }
        } finally {
            batches.lock.unlock();
        }
    }

    private void seal() {
        OpenFile full = nextToSeal();
        try (Compression compression = new Compression(settings.compression())) {
            while (full != null) {
                try {
                    seal(full, compression);
                } catch (IOException e) {
                    if (isWaiting(full)) {
                        note("A file could not be closed, and is tried again later: " + e.getMessage());
                        sealingEnded();
                        return;
                    }
                }
                full = nextToSeal();
            }
        }
    }

    /** Null, and the thread is to end, when there is none. */
    private OpenFile nextToSeal() {
        batches.lock.lock();
        try {
            boolean none = folder.waiting.isEmpty() || closed;
            sealer = none ? null : sealer;
            return none ? null : folder.waiting.getFirst();
        } finally {
            batches.lock.unlock();
        }
    }

    private void sealingEnded() {
        batches.lock.lock();
        try {
            sealer = null;
        } finally {
            batches.lock.unlock();
        }
    }

    /** False if it was given up for its space. */
    private boolean isWaiting(OpenFile file) {
        batches.lock.lock();
        try {
            return folder.waiting.contains(file);
        } finally {
            batches.lock.unlock();
        }
    }

    private void seal(OpenFile full, Compression compression) throws IOException {
        Path to = folder.file(full.first(), Folder.CLOSED);
        damaged.addAndGet(Sealer.seal(medium, full.run(), to, compression, full.first(), Entry.nanos(clock.instant()), () -> closed));
        Folder.Stored stored = Folder.stored(ClosedFile.open(to));
        boolean replaced;
        batches.lock.lock();
        try {
            replaced = folder.replace(full, stored);
        } finally {
            batches.lock.unlock();
        }
        if (replaced) {
            full.replacedBy(stored.run());
        } else {
            new Folder.Gone(to, stored.handle(), 0).delete();
        }
        full.close();
        Files.deleteIfExists(full.path());
    }

    private void note(String message) {
        append(Entry.at(Level.WARN, message).bundle(Batches.BUNDLE).subsystem("journal").logger(Batches.BUNDLE).build());
    }

    /** Waits until no file waits to be sealed. */
    void awaitSealed() throws InterruptedException {
        while (true) {
            batches.lock.lock();
            try {
                if (folder.waiting.isEmpty()) {
                    return;
                }
            } finally {
                batches.lock.unlock();
            }
            Thread.sleep(5);
        }
    }

    /** Writes what is there and says in the file that nothing is missing. Who still reads finds no more. */
    @Override public void close() {
        closed = true;
        batches.close();
        Thread sealing = sealer;
        try {
            writer.join(CLOSE_LIMIT_MS);
            if (sealing != null) {
                sealing.join(CLOSE_LIMIT_MS);
            }
            folder.close();
            readers.close();
            lockFile.close();
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
        } catch (IOException e) {
            // All is written; what can't be closed goes with the process.
        }
    }

    /** Reads on from a sequence. */
    private final class Cursor implements Feed {
        private final Query query;
        private final Prefilter filter;
        private long position;
        private long missed;
        private volatile boolean stopped;

        Cursor(Query query, long after) {
            this.query = query;
            filter = Prefilter.of(query.condition());
            position = after;
        }

        @Override public List<Entry> poll(Duration limit) throws InterruptedException {
            long end = System.nanoTime() + limit.toNanos();
            while (!stopped) {
                List<Entry> some = read();
                long left = end - System.nanoTime();
                if (!some.isEmpty() || left <= 0) {
                    return some;
                }
                batches.awaitMore(position, Duration.ofNanos(left));
                if (closed) {
                    throw new IllegalStateException("The journal was closed; ask its successor to follow it from " + position);
                }
            }
            return List.of();
        }

        private List<Entry> read() {
            List<Run> runs = new ArrayList<>();
            long oldest = Long.MAX_VALUE, newest = -1;
            for (Run run : runs(false)) {
                long last = run.last();
                if (run.blocks() > 0 && last > position) {
                    oldest = Math.min(oldest, first(run));
                    runs.add(run);
                    newest = Math.max(newest, last);
                }
            }
            if (runs.isEmpty()) {
                return List.of();
            }
            if (oldest > position + 1 && oldest != Long.MAX_VALUE) {
                missed += position > 0 ? oldest - position - 1 : 0;
            }
            Search search = new Search(runs, query, filter.after(position), false, damaged, readers);
            List<Entry> some = new ArrayList<>();
            while (some.size() < MOST_AT_ONCE && search.nextBlock()) {
                some.addAll(search.found());
                position = Math.max(position, search.lastSeen());
            }
            if (some.size() < MOST_AT_ONCE) {
                position = Math.max(position, newest);
            }
            return some;
        }

        private static long first(Run run) {
            try {
                return run.header(0).first();
            } catch (IOException e) {
                return Long.MAX_VALUE;
            }
        }

        @Override public long position() {
            return position;
        }

        @Override public long missed() {
            return missed;
        }

        @Override public void close() {
            stopped = true;
        }
    }
}
