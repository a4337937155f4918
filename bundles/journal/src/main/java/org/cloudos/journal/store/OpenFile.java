package org.cloudos.journal.store;

import java.io.IOException;
import java.io.RandomAccessFile;
import java.nio.ByteBuffer;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Collections;
import java.util.List;
import java.util.concurrent.atomic.AtomicReference;

/**
 * A file that blocks are appended to. One thread writes. Readers use {@link #run}: what was published when they asked, by
 * a file handle of their own, since an interrupted thread closes a channel for all who use it.
 */
final class OpenFile implements AutoCloseable {
    private final Path path;
    private final long first;
    private final Medium.Output out;
    private final RandomAccessFile in;             // guarded by itself, here and in FileRun
    private final List<Located> blocks;            // guarded by itself
    private final AtomicReference<Run> replacement = new AtomicReference<>();
    private long end;

    private OpenFile(Path path, long first, Medium.Output out, RandomAccessFile in, List<Located> blocks, long end) {
        this.path = path;
        this.first = first;
        this.out = out;
        this.in = in;
        this.blocks = Collections.synchronizedList(new ArrayList<>(blocks));
        this.end = end;
    }

    static OpenFile make(Medium medium, Path path, long first, long now) throws IOException {
        Medium.Output out = medium.open(path);
        try {
            out.truncate(0);
            out.write(ByteBuffer.wrap(new FileHeader(FileHeader.OPEN, now, first).emit()), 0);
            return new OpenFile(path, first, out, new RandomAccessFile(path.toFile(), "r"), List.of(), FileHeader.SIZE);
        } catch (IOException e) {
            out.close();
            Files.deleteIfExists(path); // the file before it goes on, beyond this one's name
            throw e;
        }
    }

    /** One that is there: what a cut left behind its last whole block goes. */
    static OpenFile resume(Medium medium, Path path, Scan scan, long first) throws IOException {
        Medium.Output out = medium.open(path);
        try {
            if (scan.end() <= FileHeader.SIZE) {
                out.write(ByteBuffer.wrap(new FileHeader(FileHeader.OPEN, 0, first).emit()), 0);
            }
            long end = Math.max(FileHeader.SIZE, scan.end());
            out.truncate(end);
            return new OpenFile(path, first, out, new RandomAccessFile(path.toFile(), "r"), scan.blocks(), end);
        } catch (IOException e) {
            out.close();
            throw e;
        }
    }

    /** Appends; nothing is there of it when this fails. It can be read after {@link #publish}. */
    Located append(Chunk chunk) throws IOException {
        try {
            out.write(ByteBuffer.wrap(chunk.bytes()), end);
        } catch (IOException e) {
            try {
                out.truncate(end);
            } catch (IOException again) {
                e.addSuppressed(again);
            }
            throw e;
        }
        Located block = Located.of(chunk, end);
        end += chunk.bytes().length;
        return block;
    }

    void publish(Located block) {
        blocks.add(block);
    }

    void force() throws IOException {
        out.force();
    }

    long length() {
        return end;
    }

    long first() {
        return first;
    }

    Path path() {
        return path;
    }

    /** What is published. */
    Run run() {
        return new FileRun(replacement, first, in, List.copyOf(blocks));
    }

    /** No more is written; readers may still read. */
    void stopWriting() throws IOException {
        out.close();
    }

    /** Another file has its records: who reads this goes on there. */
    void replacedBy(Run run) {
        replacement.set(run);
    }

    @Override public void close() throws IOException {
        try {
            out.close();
        } finally {
            in.close();
        }
    }
}
