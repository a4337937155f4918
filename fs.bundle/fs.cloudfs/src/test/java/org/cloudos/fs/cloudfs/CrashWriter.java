package org.cloudos.fs.cloudfs;

import java.lang.foreign.MemorySegment;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Random;
import java.util.TreeMap;
import java.util.UUID;
import org.cloudos.fs.AllocateMode;
import org.cloudos.fs.AttributeChange;
import org.cloudos.fs.Errno;
import org.cloudos.fs.FileSystem;
import org.cloudos.fs.FsException;
import org.cloudos.fs.NewNode;
import org.cloudos.fs.RenameMode;
import org.cloudos.fs.cloudfs.mount.OpenVolume;

/** Who works in one folder of a volume, at random, and says to its model what it is about to do. One thread. */
final class CrashWriter {
    final CrashModel model = new CrashModel();
    private final Random random;
    private final OpenVolume volume;
    private final FileSystem fs;
    private final String folder;
    private final boolean full;
    private final boolean alone;
    private final boolean reserves;
    private int snapshotNumber;

    /**
     * @param full  the volume is to be filled
     * @param alone nobody else works on the volume: snapshots are this one's, and a refusal for want of room is its own
     * @param reserves it also has the file system keep room for files
     */
    CrashWriter(Random random, OpenVolume volume, String folder, boolean full, boolean alone, boolean reserves) throws FsException {
        this.random = random;
        this.volume = volume;
        this.fs = volume.head();
        this.folder = folder;
        this.full = full;
        this.alone = alone;
        this.reserves = reserves;
        fs.create(FileSystem.ROOT, folder, NewNode.folder(0755, 0, 0));
    }

    void step() throws Exception {
        try {
            switch (random.nextInt(24)) {
                case 0, 1, 2, 3 -> create();
                case 4, 5, 6, 7, 8, 9 -> write();
                case 10, 11 -> rename();
                case 12 -> remove();
                case 13 -> resize();
                case 14, 15, 16, 17 -> fsync();
                case 18 -> append(1 + random.nextInt(300));
                case 19 -> punch();
                case 20 -> snapshot();
                case 21 -> share();
                case 22 -> reserve();
                default -> quiet();
            }
        } catch (FsException.Refused e) {
            if (e.errno() != Errno.ENOSPC) {
                throw e;
            }
            makeRoom();
        }
    }

    private void makeRoom() throws Exception {
        for (int i = 0; i < 3; i++) {
            remove();
        }
        if (!model.snapshots().isEmpty()) {
            dropSnapshot();
        }
    }

    private String name() {
        return "/" + (char) ('a' + random.nextInt(12));
    }

    private String someFile() {
        List<String> files = new ArrayList<>();
        model.now().forEach((path, file) -> {
            if (file != null) {
                files.add(path);
            }
        });
        return files.isEmpty() ? null : files.get(random.nextInt(files.size()));
    }

    private long folder(String path) throws FsException {
        long node = fs.lookup(FileSystem.ROOT, folder).node();
        int slash = path.lastIndexOf('/');
        return slash <= 0 ? node : fs.lookup(node, path.substring(1, slash)).node();
    }

    private static String leaf(String path) {
        return path.substring(path.lastIndexOf('/') + 1);
    }

    private String somePlace() {
        List<String> folders = new ArrayList<>(List.of(""));
        model.now().forEach((path, file) -> {
            if (file == null) {
                folders.add(path);
            }
        });
        return folders.get(random.nextInt(folders.size())) + name();
    }

    private void create() throws FsException {
        String path = somePlace();
        if (model.now().containsKey(path)) {
            return;
        }
        boolean isFolder = path.lastIndexOf('/') == 0 && random.nextInt(5) == 0;
        Map<String, CrashModel.File> after = new TreeMap<>(model.now());
        after.put(path, isFolder ? null : new CrashModel.File());
        names(after, () -> fs.create(folder(path), leaf(path), isFolder ? NewNode.folder(0755, 0, 0) : NewNode.file(0644, 0, 0)));
    }

    private interface Work {
        void run() throws FsException;
    }

    private void names(Map<String, CrashModel.File> after, Work work) throws FsException {
        model.names(after);
        try {
            work.run();
        } catch (FsException e) {
            model.undo();
            throw e;
        }
    }

    private byte[] data(int length) {
        byte[] data = new byte[length];
        if (random.nextBoolean()) {
            random.nextBytes(data);
        } else {
            java.util.Arrays.fill(data, (byte) (1 + random.nextInt(100)));
        }
        return data;
    }

    private long node(String path) throws FsException {
        return fs.lookup(folder(path), leaf(path)).node();
    }

    private void write() throws FsException {
        String path = someFile();
        if (path == null) {
            return;
        }
        int length = switch (random.nextInt(5)) {
            case 0 -> 300_000 + random.nextInt(200_000);
            case 1 -> 4096 * (1 + random.nextInt(70));
            default -> 1 + random.nextInt(9000);
        };
        if (full && random.nextInt(4) == 0) {
            put(path, random.nextInt(1_500_000), data(500_000 + random.nextInt(1_000_000)));
            return;
        }
        int offset = random.nextInt(3) == 0 ? 4096 * random.nextInt(40) : random.nextInt(100_000);
        put(path, offset, data(length));
    }

    private void append(int length) throws FsException {
        String path = someFile();
        if (path != null) {
            put(path, model.now().get(path).now().length, data(length));
            if (random.nextInt(3) > 0) {
                fsync(path);
            }
        }
    }

    private void put(String path, int offset, byte[] data) throws FsException {
        CrashModel.File file = model.now().get(path);
        byte[] before = file.now(), after = java.util.Arrays.copyOf(before, Math.max(before.length, offset + data.length));
        System.arraycopy(data, 0, after, offset, data.length);
        model.write(file, after);
        try {
            long n = fs.write(node(path), offset, MemorySegment.ofArray(data));
            if (n < data.length) {
                byte[] part = java.util.Arrays.copyOf(before, (int) Math.max(before.length, offset + n));
                System.arraycopy(data, 0, part, offset, (int) n);
                model.write(file, part);
            }
        } catch (FsException.Refused e) {
            model.write(file, before);
            throw e;
        }
    }

    private void rename() throws FsException {
        String from = someFile(), to = somePlace();
        if (from == null || from.equals(to) || model.now().containsKey(to) && model.now().get(to) == null) {
            return;
        }
        boolean exchange = model.now().containsKey(to) && random.nextInt(4) == 0;
        Map<String, CrashModel.File> after = new TreeMap<>(model.now());
        CrashModel.File other = after.put(to, after.get(from));
        if (exchange) {
            after.put(from, other);
        } else {
            after.remove(from);
        }
        names(after, () -> fs.rename(folder(from), leaf(from), folder(to), leaf(to), exchange ? RenameMode.EXCHANGE : RenameMode.REPLACE));
    }

    private void remove() throws FsException {
        String path = random.nextInt(6) == 0 ? somePlace() : someFile();
        if (path == null || !model.now().containsKey(path) || model.now().keySet().stream().anyMatch(p -> p.startsWith(path + "/"))) {
            return;
        }
        Map<String, CrashModel.File> after = new TreeMap<>(model.now());
        boolean isFolder = after.remove(path) == null;
        names(after, () -> fs.remove(folder(path), leaf(path), isFolder));
    }

    private void resize() throws FsException {
        String path = someFile();
        if (path == null) {
            return;
        }
        CrashModel.File file = model.now().get(path);
        byte[] before = file.now();
        int size = random.nextBoolean() ? random.nextInt(before.length + 1) : random.nextInt(200_000);
        model.write(file, java.util.Arrays.copyOf(before, size));
        fs.set(node(path), AttributeChange.size(size));
    }

    private void punch() throws FsException {
        String path = someFile();
        if (path == null) {
            return;
        }
        CrashModel.File file = model.now().get(path);
        byte[] after = file.now().clone();
        int from = random.nextInt(after.length + 1), length = 1 + random.nextInt(60_000);
        java.util.Arrays.fill(after, from, Math.min(after.length, from + length), (byte) 0);
        model.write(file, after);
        fs.allocate(node(path), from, length, random.nextBoolean() ? AllocateMode.PUNCH_HOLE : AllocateMode.ZERO_KEEP_SIZE);
    }

    private void reserve() throws FsException {
        String path = reserves ? someFile() : null;
        if (path == null) {
            quiet();
            return;
        }
        CrashModel.File file = model.now().get(path);
        byte[] before = file.now();
        int from = random.nextInt(before.length + 50_000), length = 1 + random.nextInt(200_000);
        boolean keep = random.nextBoolean();
        if (!keep) {
            model.write(file, java.util.Arrays.copyOf(before, Math.max(before.length, from + length)));
        }
        try {
            fs.allocate(node(path), from, length, keep ? AllocateMode.RESERVE_KEEP_SIZE : AllocateMode.RESERVE);
        } catch (FsException.Refused e) {
            model.write(file, before);
            throw e;
        }
    }

    private void share() throws FsException {
        String from = someFile(), to = someFile();
        if (from == null || from.equals(to)) {
            return;
        }
        CrashModel.File source = model.now().get(from), target = model.now().get(to);
        byte[] bytes = source.now(), before = target.now();
        byte[] after = java.util.Arrays.copyOf(before, Math.max(before.length, bytes.length));
        System.arraycopy(bytes, 0, after, 0, bytes.length);
        model.write(target, after);
        long n = fs.copy(node(from), 0, node(to), 0, bytes.length);
        if (n < bytes.length) {
            throw new AssertionError("copied " + n + " of " + bytes.length);
        }
    }

    private void fsync() throws FsException {
        String path = someFile();
        if (path != null) {
            fsync(path);
        }
    }

    private void fsync(String path) throws FsException {
        CrashModel.File file = model.now().get(path);
        int version = file.versions.size() - 1, state = model.state();
        fs.sync(node(path), random.nextBoolean());
        model.synced(file, version, state);
    }

    private void quiet() throws FsException {
        switch (random.nextInt(3)) {
            case 0 -> {
                int state = model.state();
                Map<CrashModel.File, Integer> versions = new HashMap<>();
                model.now().values().stream().filter(f -> f != null).forEach(f -> versions.put(f, f.versions.size() - 1));
                fs.sync();
                model.synced(null, 0, state);
                versions.forEach((f, v) -> model.synced(f, v, state));
            }
            case 1 -> volume.volume().commit();
            default -> volume.contents().writeBackAll(0);
        }
    }

    private void snapshot() throws FsException {
        if (!alone) {
            return; // others' work would be in it
        }
        if (model.snapshots().size() > 2 || !model.snapshots().isEmpty() && random.nextBoolean()) {
            dropSnapshot();
            return;
        }
        String name = "s" + snapshotNumber++;
        volume.catalog().snapshot(5, name, new UUID(1, snapshotNumber));
        model.snapshot(name);
    }

    private void dropSnapshot() throws FsException {
        String name = model.snapshots().keySet().iterator().next();
        Map<String, byte[]> was = model.snapshots().get(name);
        model.forgetSnapshot(name); // from here on it may be gone
        if (was != null) {
            volume.catalog().delete(name);
            int steps = random.nextInt(20);
            while (steps-- > 0 && volume.drops().step()) { }
        }
    }
}
