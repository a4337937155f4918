package org.cloudos.fs.suite;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertThrows;

import java.lang.foreign.Arena;
import java.lang.foreign.MemorySegment;
import java.lang.foreign.ValueLayout;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Random;
import java.util.TreeMap;
import org.cloudos.fs.Attributes;
import org.cloudos.fs.Errno;
import org.cloudos.fs.FileSystem;
import org.cloudos.fs.FsException;
import org.cloudos.fs.NewNode;
import org.junit.jupiter.api.function.Executable;

/** Calls on a file system in the terms of a test: byte arrays, names. */
public final class Probe {
    private final FileSystem fs;

    public Probe(FileSystem fs) {
        this.fs = fs;
    }

    public long file(long folder, String name) throws FsException {
        return fs.create(folder, name, NewNode.file(0644, 1000, 1000)).node();
    }

    public long folder(long folder, String name) throws FsException {
        return fs.create(folder, name, NewNode.folder(0755, 1000, 1000)).node();
    }

    public long write(long node, long offset, byte[] bytes) throws FsException {
        try (Arena arena = Arena.ofConfined()) {
            return fs.write(node, offset, segment(arena, bytes));
        }
    }

    public long append(long node, byte[] bytes) throws FsException {
        try (Arena arena = Arena.ofConfined()) {
            return fs.append(node, segment(arena, bytes));
        }
    }

    private static MemorySegment segment(Arena arena, byte[] bytes) {
        MemorySegment segment = arena.allocate(Math.max(1, bytes.length));
        MemorySegment.copy(bytes, 0, segment, ValueLayout.JAVA_BYTE, 0, bytes.length);
        return segment.asSlice(0, bytes.length);
    }

    /** Reads until all is there or nothing more comes. */
    public byte[] read(long node, long offset, int length) throws FsException {
        try (Arena arena = Arena.ofConfined()) {
            MemorySegment into = arena.allocate(Math.max(1, length));
            into.fill((byte) 0x5A); // what is not written must not come out as zeros by luck
            long read = fs.read(node, offset, into.asSlice(0, length));
            return into.asSlice(0, read).toArray(ValueLayout.JAVA_BYTE);
        }
    }

    public byte[] all(long node) throws FsException {
        return read(node, 0, (int) fs.attributes(node).size());
    }

    /** Names and nodes; walks in steps of {@code step} entries. */
    public Map<String, Long> list(long folder, int step) throws FsException {
        Map<String, Long> all = new TreeMap<>();
        long[] cookie = {0};
        int[] taken = {1};
        while (taken[0] > 0) {
            taken[0] = 0;
            fs.list(folder, cookie[0], (name, node, type, next) -> {
                if (taken[0] == step) {
                    return false;
                }
                assertEquals(null, all.put(name, node), "twice in one walk: " + name);
                cookie[0] = next;
                taken[0]++;
                return true;
            });
        }
        return all;
    }

    public List<String> names(long folder) throws FsException {
        return new ArrayList<>(list(folder, 7).keySet());
    }

    public Attributes lookup(long folder, String name) throws FsException {
        return fs.lookup(folder, name);
    }

    public static byte[] bytes(int length, long seed) {
        byte[] bytes = new byte[length];
        new Random(seed).nextBytes(bytes);
        return bytes;
    }

    public static void refused(Errno expected, Executable what) {
        FsException e = assertThrows(FsException.class, what);
        assertEquals(expected, e.errno(), e.getMessage());
    }
}
