package org.cloudos.fs.cloudfs;

import static org.junit.jupiter.api.Assertions.assertArrayEquals;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertNotNull;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.lang.foreign.Arena;
import java.lang.foreign.MemorySegment;
import java.lang.foreign.ValueLayout;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;
import org.cloudos.fs.Attributes;
import org.cloudos.fs.FileSystem;
import org.cloudos.fs.FsException;
import org.cloudos.fs.NodeType;

/**
 * What one writer did in its folder, and what may be found after a cut: names as they were after one of its operations since the last sync, contents
 * of each block as of some moment since the file's last sync. Its writer changes it before what may be found, and says what is synced after: so
 * {@link #copy} may be taken by the thread that cuts the power, at any moment.
 */
final class CrashModel {
    /** A file's contents over time. */
    static final class File {
        final List<byte[]> versions = new ArrayList<>(List.of(new byte[0]));
        int synced;

        byte[] now() {
            return versions.getLast();
        }
    }

    /** Names by path; null for folders. */
    private final List<Map<String, File>> states = new ArrayList<>(List.of(new TreeMap<>()));
    private int synced;
    private final Map<String, Map<String, byte[]>> snapshots = new HashMap<>();

    Map<String, File> now() {
        return states.getLast();
    }

    /** As it is now. Snapshots are not in it. */
    synchronized CrashModel copy() {
        CrashModel copy = new CrashModel();
        Map<File, File> files = new HashMap<>();
        copy.states.clear();
        for (Map<String, File> state : states) {
            Map<String, File> names = new TreeMap<>();
            state.forEach((path, file) -> names.put(path, file == null ? null : files.computeIfAbsent(file, f -> {
                File same = new File();
                same.versions.clear();
                same.versions.addAll(f.versions);
                same.synced = f.synced;
                return same;
            })));
            copy.states.add(names);
        }
        copy.synced = synced;
        return copy;
    }

    /** An operation on names begins: its result may be found from now on. */
    synchronized void names(Map<String, File> after) {
        states.add(after);
        if (states.size() > 400) { // the oldest are not asked for when there was a sync since
            int drop = Math.min(synced, 200);
            states.subList(0, drop).clear();
            synced -= drop;
        }
    }

    /** The operation did not take place. */
    synchronized void undo() {
        states.removeLast();
    }

    synchronized void write(File file, byte[] after) {
        file.versions.add(after);
    }

    /** All until now is on the medium; of this file the contents too, of all for null. */
    synchronized void synced(File file, int version, int state) {
        synced = Math.max(synced, state);
        if (file != null) {
            file.synced = Math.max(file.synced, version);
        }
    }

    int state() {
        return states.size() - 1;
    }

    void snapshot(String name) {
        Map<String, byte[]> contents = new TreeMap<>();
        now().forEach((path, file) -> contents.put(path, file == null ? null : file.now()));
        snapshots.put(name, contents);
    }

    void forgetSnapshot(String name) {
        snapshots.remove(name);
    }

    Map<String, Map<String, byte[]>> snapshots() {
        return snapshots;
    }

    /** Reads a folder's tree: paths to contents, null for folders. */
    static Map<String, byte[]> tree(FileSystem fs, String folder) throws FsException {
        Map<String, byte[]> found = new TreeMap<>();
        Attributes top = fs.lookup(FileSystem.ROOT, folder);
        if (top != null) {
            walk(fs, top.node(), "", found);
        }
        return found;
    }

    private static void walk(FileSystem fs, long folder, String path, Map<String, byte[]> found) throws FsException {
        List<Object[]> entries = new ArrayList<>();
        fs.list(folder, 0, (name, node, type, cookie) -> entries.add(new Object[] {name, node, type}));
        for (Object[] e : entries) {
            String at = path + "/" + e[0];
            if (e[2] == NodeType.FOLDER) {
                found.put(at, null);
                walk(fs, (long) e[1], at, found);
            } else {
                found.put(at, contents(fs, (long) e[1]));
            }
        }
    }

    static byte[] contents(FileSystem fs, long node) throws FsException {
        try (Arena arena = Arena.ofConfined()) {
            long size = fs.attributes(node).size();
            MemorySegment memory = arena.allocate(Math.max(1, size), 4096);
            long n = size == 0 ? 0 : fs.read(node, 0, memory.asSlice(0, size));
            assertEquals(size, n);
            return memory.asSlice(0, size).toArray(ValueLayout.JAVA_BYTE);
        }
    }

    /** Whether what is there can be. */
    void verify(FileSystem fs, String folder) throws FsException {
        Map<String, byte[]> found = tree(fs, folder);
        for (int i = synced; i < states.size(); i++) {
            Map<String, File> state = states.get(i);
            if (state.keySet().equals(found.keySet())) {
                String wrong = contents(state, found);
                if (wrong == null) {
                    return;
                }
                if (i == states.size() - 1) {
                    throw new AssertionError(wrong);
                }
            }
        }
        throw new AssertionError("names " + found.keySet() + " were never so since the last sync; then " + states.get(synced).keySet() + ", now "
                + now().keySet());
    }

    private static String contents(Map<String, File> state, Map<String, byte[]> found) {
        for (Map.Entry<String, File> e : state.entrySet()) {
            byte[] bytes = found.get(e.getKey());
            if ((e.getValue() == null) != (bytes == null)) {
                return e.getKey() + " is of another type";
            }
            String wrong = bytes == null ? null : contents(e.getValue(), bytes);
            if (wrong != null) {
                return e.getKey() + ": " + wrong;
            }
        }
        return null;
    }

    private static String contents(File file, byte[] bytes) {
        List<byte[]> may = file.versions.subList(file.synced, file.versions.size());
        int least = may.stream().mapToInt(v -> v.length).min().orElseThrow(), most = may.stream().mapToInt(v -> v.length).max().orElseThrow();
        if (bytes.length < least || bytes.length > most) {
            return "size " + bytes.length + ", expected " + least + " to " + most;
        }
        for (int at = 0; at < bytes.length; at += 4096) {
            int from = at, to = Math.min(bytes.length, at + 4096);
            if (may.stream().noneMatch(v -> same(v, bytes, from, to))) {
                return "block at " + at + " is of no version since the sync (" + may.size() + " of " + file.versions.size() + " versions, size "
                        + bytes.length + ", differs from the synced one at " + differs(may.getFirst(), bytes, from, to) + ")";
            }
        }
        return null;
    }

    private static int differs(byte[] v, byte[] bytes, int from, int to) {
        for (int i = from; i < to; i++) {
            if (bytes[i] != (i < v.length ? v[i] : 0)) {
                return i;
            }
        }
        return -1;
    }

    private static boolean same(byte[] version, byte[] bytes, int from, int to) {
        int end = Math.clamp(version.length, from, to);
        if (from < version.length && !Arrays.equals(version, from, end, bytes, from, end)) {
            return false;
        }
        for (int i = Math.max(from, Math.min(end, to)); i < to; i++) {
            if (bytes[i] != 0) {
                return false;
            }
        }
        return true;
    }

    void verifySnapshot(FileSystem fs, String folder, String name) throws FsException {
        Map<String, byte[]> expected = snapshots.get(name), found = tree(fs, folder);
        assertEquals(expected.keySet(), found.keySet(), "snapshot " + name);
        expected.forEach((path, bytes) -> {
            if (bytes != null) {
                assertNotNull(found.get(path));
                assertArrayEquals(bytes, found.get(path), path);
            } else {
                assertTrue(found.get(path) == null);
            }
        });
    }
}
