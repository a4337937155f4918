package org.cloudos.journal.store;

import java.io.IOException;
import java.nio.file.Files;
import java.time.Duration;
import java.time.InstantSource;
import java.util.List;
import org.cloudos.journal.Entry;
import org.cloudos.journal.Text;

/** The thread that writes: blocks into the open file, forced in time; a new file when one is full; old files go. */
final class Writing implements Runnable {
    private static final Duration PAUSE = Duration.ofSeconds(1), ROUND = Duration.ofMinutes(5), JUMP = Duration.ofHours(1);
    private static final long CHECK_SPACE = 4L << 20;

    private final Batches batches;
    private final Folder folder;
    private final Medium medium;
    private final InstantSource clock;
    private final Runnable sealing;
    private volatile Settings settings;
    private long sinceCheck;
    private long roundAt = System.nanoTime();
    private long wallBefore;
    private long steadyBefore;
    private int failures;

    /** @param sealing starts the work on files that wait to be sealed */
    Writing(Batches batches, Folder folder, Medium medium, InstantSource clock, Settings settings, Runnable sealing) {
        this.batches = batches;
        this.folder = folder;
        this.medium = medium;
        this.clock = clock;
        this.settings = settings;
        this.sealing = sealing;
        wallBefore = clock.millis();
        steadyBefore = System.nanoTime();
    }

    void settings(Settings changed) {
        settings = changed;
    }

    @Override public void run() {
        boolean stop = false;
        while (!stop) {
            Batches.Work work = batches.next(roundAt);
            boolean due = System.nanoTime() - roundAt >= 0;
            if (due) {
                roundAt = System.nanoTime() + Math.min(ROUND.toNanos(), settings.fileAge().toNanos());
            }
            try {
                write(work.chunks());
                if (work.sync()) {
                    folder.current.force();
                    batches.synced();
                }
                failures = 0;
                if (due) {
                    round();
                }
            } catch (IOException e) {
                failed(e);
            }
            stop = work.stop();
        }
        end();
    }

    private void write(List<Chunk> chunks) throws IOException {
        for (Chunk chunk : chunks) {
            OpenFile file = folder.current;
            Located block = file.append(chunk);
            batches.written(chunk, () -> file.publish(block));
            sinceCheck += chunk.bytes().length;
            if (file.length() >= settings.fileBytes()) {
                rotate(chunk.header().last() + 1);
            }
            if (sinceCheck >= CHECK_SPACE) {
                retain(0);
            }
        }
    }

    /** What is due now and then: a file's age, files' ages. */
    private void round() throws IOException {
        long age = Entry.nanos(clock.instant()) - folder.currentMade;
        Run run = folder.current.run();
        if (age >= settings.fileAge().toNanos() && run.blocks() > 0) {
            rotate(run.last() + 1);
        }
        retain(0);
        sealing.run();
    }

    private void rotate(long first) throws IOException {
        OpenFile full = folder.current;
        full.force();
        batches.synced();
        long now = Entry.nanos(clock.instant());
        OpenFile fresh = OpenFile.make(medium, folder.file(first, Folder.OPEN), first, now);
        full.stopWriting();
        batches.lock.lock();
        try {
            folder.waiting.add(full);
            folder.current = fresh;
            folder.currentMade = now;
        } finally {
            batches.lock.unlock();
        }
        sealing.run();
        retain(0);
    }

    /** @param wanted bytes that are missing now */
    private boolean retain(long wanted) throws IOException {
        sinceCheck = 0;
        long missing = Math.max(wanted, settings.keepFree() - Files.getFileStore(folder.path).getUsableSpace());
        long oldest = clockJumped() ? Long.MIN_VALUE : Entry.nanos(clock.instant().minus(settings.maxAge()));
        List<Folder.Gone> gone;
        batches.lock.lock();
        try {
            gone = folder.surplus(settings, oldest, Math.max(0, missing));
        } finally {
            batches.lock.unlock();
        }
        for (Folder.Gone file : gone) {
            file.delete();
        }
        return !gone.isEmpty();
    }

    /** A clock that has just leapt ahead must not make all records old. */
    private boolean clockJumped() {
        long wall = clock.millis(), steady = System.nanoTime();
        long apart = wall - wallBefore - (steady - steadyBefore) / 1_000_000;
        wallBefore = wall;
        steadyBefore = steady;
        return Math.abs(apart) > JUMP.toMillis();
    }

    private void failed(IOException e) {
        String why = Text.harmless(String.valueOf(e.getMessage() == null ? e : e.getMessage()));
        batches.failed(why, PAUSE);
        try {
            if (retain(settings.fileBytes())) { // perhaps there was no space
                batches.failed(why, Duration.ZERO);
            } else if (++failures > 2 && folder.current.run().blocks() > 0) {
                failures = 0;
                rotate(folder.current.run().last() + 1);
            }
        } catch (IOException again) {
            e.addSuppressed(again);
        }
    }

    /** What is there was written, or could not be. The last block says that nothing is missing. */
    private void end() {
        try (OpenFile file = folder.current) {
            BlockBuilder empty = new BlockBuilder(0);
            Chunk last = empty.finish(BlockHeader.END);
            BlockHeader h = last.header();
            long next = batches.newest() + 1;
            BlockHeader header = new BlockHeader(h.flags(), 0, 0, 0, 0, h.payloadCrc(), next, 0, 0, 0);
            header.emit(last.bytes(), 0);
            if (batches.allWritten()) {
                file.append(new Chunk(header, last.bytes(), new byte[0][]));
            }
            file.force();
            batches.synced();
        } catch (IOException e) {
            batches.failed(String.valueOf(e.getMessage()), PAUSE);
        }
    }
}
