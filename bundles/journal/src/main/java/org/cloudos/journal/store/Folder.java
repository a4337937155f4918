package org.cloudos.journal.store;

import java.io.IOException;
import java.io.RandomAccessFile;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;
import java.util.concurrent.atomic.AtomicReference;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import java.util.stream.Stream;

/**
 * The files of a journal, named after their first sequence: {@code 16 hex digits .open} while they are written and until
 * they are sealed, {@code .journal} then. Not thread-safe: {@link FileJournal} guards it with its lock, but for
 * {@link #recover}.
 */
final class Folder {
    static final String OPEN = ".open", CLOSED = ".journal";
    private static final Pattern NAME = Pattern.compile("([0-9a-f]{16})\\.(open|journal)(\\.tmp)?");
    /** Left out after a start that follows no orderly end: what was lost in memory may have been seen by readers. */
    static final long GAP = 1 << 20;

    /** A file with its figures, which do not change any more. */
    record Stored(Path path, Run run, AutoCloseable handle, long first, long least, long greatest, long length, long raw) { }

    /** A file to be deleted. What has it open is closed too: the medium has its space back only then. */
    record Gone(Path path, AutoCloseable handle, long length) {
        void delete() throws IOException {
            try {
                handle.close();
            } catch (Exception e) {
                throw new IOException(path + " can't be closed: " + e.getMessage(), e);
            } finally {
                Files.deleteIfExists(path);
            }
        }
    }

    final Path path;
    final List<Stored> closed = new ArrayList<>();
    final List<OpenFile> waiting = new ArrayList<>();
    final List<String> findings = new ArrayList<>(); // for the journal itself, once it is open
    OpenFile current;
    long currentMade;
    long next = 1;
    long damaged;

    Folder(Path path) {
        this.path = path;
    }

    Path file(long first, String kind) {
        return path.resolve(String.format("%016x%s", first, kind));
    }

    /** Finds what is there and repairs it. */
    void recover(Medium medium, long now) throws IOException {
        Files.createDirectories(path);
        Map<Long, Path> open = new TreeMap<>(), done = new TreeMap<>();
        try (Stream<Path> files = Files.list(path)) {
            for (Path file : (Iterable<Path>) files::iterator) {
                Matcher name = NAME.matcher(file.getFileName().toString());
                if (name.matches() && name.group(1).charAt(0) < '8') {
                    long first = Long.parseLong(name.group(1), 16);
                    if (name.group(3) != null) {
                        Files.delete(file); // a sealing that was cut
                    } else {
                        (name.group(2).equals("open") ? open : done).put(first, file);
                    }
                }
            }
        }
        for (Map.Entry<Long, Path> file : done.entrySet()) {
            recoverClosed(file.getKey(), file.getValue(), open);
        }
        long last = closed.isEmpty() ? 0 : closed.getLast().run().last();
        boolean ended = open.isEmpty() && closed.isEmpty();
        int left = open.size();
        for (Map.Entry<Long, Path> file : open.entrySet()) {
            Scan scan = Scan.of(file.getValue());
            told(file.getValue(), scan);
            if (scan.blocks().isEmpty() && file.getKey() <= last) { // left by a full disk: its name is a number that another file has
                Files.delete(file.getValue());
                left--;
                continue;
            }
            OpenFile resumed = OpenFile.resume(medium, file.getValue(), scan, file.getKey());
            last = Math.max(last, resumed.run().last());
            if (--left == 0) {
                current = resumed;
                currentMade = scan.blocks().isEmpty() ? now : Math.min(now, scan.blocks().getFirst().header().least());
                ended = scan.ended();
            } else {
                resumed.stopWriting();
                waiting.add(resumed);
            }
        }
        next = last + 1 + (ended ? 0 : GAP);
        if (current == null) {
            current = OpenFile.make(medium, file(next, OPEN), next, now);
            currentMade = now;
        }
    }

    private void told(Path file, Scan scan) throws IOException {
        long cut = Files.size(file) - Math.max(scan.end(), FileHeader.SIZE);
        if (scan.damages() > 0) {
            damaged += scan.damages();
            findings.add(file.getFileName() + ": " + scan.damages() + " damaged places were passed over");
        }
        if (cut > 0) {
            findings.add(file.getFileName() + ": the last " + cut + " bytes were cut off in the middle of a block");
        }
    }

    /** Of a closed file and the open one that it was made from, the first is the better one if it is whole. */
    private void recoverClosed(long first, Path file, Map<Long, Path> open) throws IOException {
        Path source = open.get(first);
        try {
            closed.add(stored(ClosedFile.open(file).checked()));
            if (source != null) {
                Files.delete(source);
                open.remove(first);
            }
        } catch (IOException e) {
            if (source != null) {
                Files.delete(file);
                return;
            }
            findings.add(file.getFileName() + ": its index is damaged, blocks are found by reading it all: " + e.getMessage());
            damaged++;
            Scan scan = Scan.of(file);
            closed.add(stored(file, first, scan));
        }
    }

    static Stored stored(ClosedFile file) {
        return new Stored(file.path(), file, file, file.first(), file.least(), file.greatest(), file.length(), file.rawLength());
    }

    private static Stored stored(Path file, long first, Scan scan) throws IOException {
        long least = Long.MAX_VALUE, greatest = Long.MIN_VALUE, raw = 0;
        for (Located block : scan.blocks()) {
            least = Math.min(least, block.header().least());
            greatest = Math.max(greatest, block.header().greatest());
            raw += block.header().raw();
        }
        RandomAccessFile in = new RandomAccessFile(file.toFile(), "r");
        return new Stored(file, new FileRun(new AtomicReference<>(), first, in, scan.blocks()), in, first, least, greatest,
                Files.size(file), raw);
    }

    /** For the end: no more is read. */
    void close() throws IOException {
        for (Stored file : closed) {
            try {
                file.handle().close();
            } catch (Exception e) {
                throw new IOException(file.path() + " can't be closed: " + e.getMessage(), e);
            }
        }
        for (OpenFile file : waiting) {
            file.close();
        }
    }

    /** All files, oldest first. */
    List<Run> runs() {
        List<Run> runs = new ArrayList<>(closed.size() + waiting.size() + 2);
        closed.forEach(stored -> runs.add(stored.run()));
        waiting.forEach(file -> runs.add(file.run()));
        runs.add(current.run());
        return runs;
    }

    int files() {
        return closed.size() + waiting.size() + 1;
    }

    long bytes() {
        return closed.stream().mapToLong(Stored::length).sum() + openBytes();
    }

    long rawBytes() {
        return closed.stream().mapToLong(Stored::raw).sum() + openBytes();
    }

    private long openBytes() {
        return waiting.stream().mapToLong(OpenFile::length).sum() + current.length();
    }

    /** A sealed file in the place of the open one; false if that was given up meanwhile. */
    boolean replace(OpenFile from, Stored to) {
        if (!waiting.remove(from)) {
            return false;
        }
        int at = 0;
        while (at < closed.size() && closed.get(at).first() < to.first()) {
            at++;
        }
        closed.add(at, to);
        return true;
    }

    /**
     * The oldest files beyond what the settings keep; forgotten here, to be deleted by the caller.
     *
     * @param oldestTime files with no record as young as this go
     * @param wanted     bytes that are missing on the medium
     */
    List<Gone> surplus(Settings settings, long oldestTime, long wanted) {
        List<Gone> gone = new ArrayList<>();
        long bytes = bytes(), need = wanted;
        while (!closed.isEmpty() && (bytes > settings.maxBytes() || need > 0 || closed.getFirst().greatest() < oldestTime)) {
            Stored oldest = closed.removeFirst();
            bytes -= oldest.length();
            need -= oldest.length();
            gone.add(new Gone(oldest.path(), oldest.handle(), oldest.length()));
        }
        while (!waiting.isEmpty() && (bytes > 2 * settings.maxBytes() || need > 0)) { // they can't be sealed, perhaps for want of space
            OpenFile oldest = waiting.removeFirst();
            bytes -= oldest.length();
            need -= oldest.length();
            gone.add(new Gone(oldest.path(), oldest, oldest.length()));
        }
        return gone;
    }

    /** Time of the oldest record; 0 if there is none. */
    long oldest() throws IOException {
        for (Stored stored : closed) {
            return stored.least();
        }
        for (Run run : runs()) {
            for (int i = 0; i < run.blocks(); i++) {
                BlockHeader header = run.header(i);
                if (header.count() > 0) {
                    return header.least();
                }
            }
        }
        return 0;
    }
}
