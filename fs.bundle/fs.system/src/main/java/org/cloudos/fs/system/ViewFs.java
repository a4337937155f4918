package org.cloudos.fs.system;

import java.lang.foreign.MemorySegment;
import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.TreeMap;
import java.util.UUID;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.atomic.AtomicLong;
import org.cloudos.fs.AllocateMode;
import org.cloudos.fs.AttributeChange;
import org.cloudos.fs.Attributes;
import org.cloudos.fs.EntrySink;
import org.cloudos.fs.Errno;
import org.cloudos.fs.ExtendedMode;
import org.cloudos.fs.FileSystem;
import org.cloudos.fs.FsException;
import org.cloudos.fs.FsException.Refused;
import org.cloudos.fs.NewNode;
import org.cloudos.fs.NodeType;
import org.cloudos.fs.RenameMode;
import org.cloudos.fs.SeekMode;
import org.cloudos.fs.Space;
import org.cloudos.fs.VolumeInfo;

/** A read-only file system of views. A node is a path that was asked for; numbers are kept, so that they mean the same later. */
final class ViewFs implements FileSystem {
    private static final int BLOCK = 4096;
    private final UUID id;
    private final View.Folder root;
    private final long started;
    private final Map<String, Long> numbers = new ConcurrentHashMap<>();
    private final Map<Long, String> paths = new ConcurrentHashMap<>();
    private final AtomicLong next = new AtomicLong(ROOT + 1);

    ViewFs(UUID id, View.Folder root, long started, Map<Long, String> known) {
        this.id = id;
        this.root = root;
        this.started = started;
        paths.put(ROOT, "");
        known.forEach((number, path) -> {
            paths.put(number, path);
            numbers.put(path, number);
            next.accumulateAndGet(number + 1, Math::max);
        });
    }

    UUID id() {
        return id;
    }

    Map<Long, String> known() {
        return new TreeMap<>(paths);
    }

    private String path(long node) throws FsException {
        String path = paths.get(node);
        if (path == null) {
            throw new Refused(Errno.ENOENT, "node " + node);
        }
        return path;
    }

    private long number(String path) {
        return path.isEmpty() ? ROOT : numbers.computeIfAbsent(path, p -> {
            long number = next.getAndIncrement();
            paths.put(number, p);
            return number;
        });
    }

    /** @return null when it is not there (any more) */
    private View find(String path) {
        View at = root;
        for (String name : path.isEmpty() ? new String[0] : path.substring(1).split("/")) {
            at = at instanceof View.Folder folder ? entries(folder).get(name) : null;
        }
        return at;
    }

    private static Map<String, View> entries(View.Folder folder) {
        Map<String, View> shown = new TreeMap<>();
        folder.entries().get().forEach((name, view) -> shown.put(name.replace('/', '_'), view));
        return shown;
    }

    private View view(long node) throws FsException {
        View view = find(path(node));
        if (view == null) {
            throw new Refused(Errno.ENOENT, path(node));
        }
        return view;
    }

    private View.Folder folder(long node) throws FsException {
        if (view(node) instanceof View.Folder folder) {
            return folder;
        }
        throw new Refused(Errno.ENOTDIR, path(node));
    }

    private static byte[] bytes(View.Text text) {
        return text.content().get().getBytes(StandardCharsets.UTF_8);
    }

    private Attributes attributes(long node, View view) {
        boolean folder = view instanceof View.Folder;
        long size = view instanceof View.Text text ? bytes(text).length : 0;
        long now = System.currentTimeMillis() * 1_000_000;
        return new Attributes(node, 1, folder ? NodeType.FOLDER : NodeType.FILE, folder ? 0555 : 0444, 1, 0, 0, 0, size, 0, now, now, now, started, 0);
    }

    @Override public VolumeInfo info() {
        return new VolumeInfo(id, "system", "system", true, Long.MAX_VALUE, Set.of(VolumeInfo.Feature.CHANGES_BY_ITSELF));
    }

    @Override public Space space() {
        return new Space(0, 0, 0, 0, 0, BLOCK);
    }

    @Override public Attributes attributes(long node) throws FsException {
        return attributes(node, view(node));
    }

    @Override public Attributes lookup(long folder, String name) throws FsException {
        View found = entries(folder(folder)).get(name);
        return found == null ? null : attributes(number(path(folder) + "/" + name), found);
    }

    @Override public long parent(long folder) throws FsException {
        folder(folder);
        String path = path(folder);
        return path.isEmpty() ? ROOT : number(path.substring(0, path.lastIndexOf('/')));
    }

    @Override public void list(long folder, long cookie, EntrySink sink) throws FsException {
        String path = path(folder);
        List<long[]> order = new ArrayList<>();
        Map<Long, Map.Entry<String, View>> byNumber = new TreeMap<>();
        for (Map.Entry<String, View> e : entries(folder(folder)).entrySet()) {
            byNumber.put(number(path + "/" + e.getKey()), Map.entry(e.getKey(), e.getValue()));
        }
        byNumber.keySet().stream().filter(n -> n > cookie).forEach(n -> order.add(new long[] {n}));
        for (long[] number : order) {
            Map.Entry<String, View> e = byNumber.get(number[0]);
            NodeType type = e.getValue() instanceof View.Folder ? NodeType.FOLDER : NodeType.FILE;
            if (!sink.entry(e.getKey(), number[0], type, number[0])) {
                return;
            }
        }
    }

    @Override public long read(long node, long offset, MemorySegment into) throws FsException {
        if (!(view(node) instanceof View.Text text)) {
            throw new Refused(Errno.EISDIR, path(node));
        }
        if (offset < 0) {
            throw new Refused(Errno.EINVAL, "offset " + offset);
        }
        byte[] all = bytes(text);
        long length = Math.max(0, Math.min(into.byteSize(), all.length - offset));
        if (length > 0) {
            MemorySegment.copy(MemorySegment.ofArray(all), offset, into, 0, length);
        }
        return length;
    }

    @Override public long seek(long node, long offset, SeekMode mode) throws FsException {
        long size = attributes(node).size();
        if (offset < 0 || offset >= size) {
            throw new Refused(Errno.ENXIO, "offset " + offset + " of " + size);
        }
        return mode == SeekMode.DATA ? offset : size;
    }

    @Override public String target(long link) throws FsException {
        throw new Refused(Errno.EINVAL, path(link) + ", which is no link");
    }

    @Override public void sync(long node, boolean dataOnly) throws FsException {
        path(node);
    }

    @Override public void sync() { } // there is nothing to lose

    @Override public byte[] extended(long node, String name) throws FsException {
        throw new Refused(Errno.EOPNOTSUPP, name);
    }

    @Override public List<String> extendedNames(long node) throws FsException {
        path(node);
        return List.of();
    }

    @Override public void hold(long node) throws FsException {
        path(node);
    }

    @Override public void drop(long node, long count) { } // paths are kept

    // ---- what would change it

    private static Refused readOnly() {
        return new Refused(Errno.EROFS, "the system's own state");
    }

    @Override public Attributes set(long node, AttributeChange change) throws FsException {
        throw readOnly();
    }

    @Override public Attributes create(long folder, String name, NewNode what) throws FsException {
        throw readOnly();
    }

    @Override public Attributes createNameless(long folder, NewNode what) throws FsException {
        throw readOnly();
    }

    @Override public Attributes link(long node, long folder, String name) throws FsException {
        throw readOnly();
    }

    @Override public void remove(long folder, String name, boolean folderWanted) throws FsException {
        throw readOnly();
    }

    @Override public void rename(long folder, String name, long toFolder, String toName, RenameMode mode) throws FsException {
        throw readOnly();
    }

    @Override public long write(long node, long offset, MemorySegment from) throws FsException {
        throw readOnly();
    }

    @Override public long append(long node, MemorySegment from) throws FsException {
        throw readOnly();
    }

    @Override public void allocate(long node, long offset, long length, AllocateMode mode) throws FsException {
        throw readOnly();
    }

    @Override public long copy(long node, long offset, long toNode, long toOffset, long length) throws FsException {
        throw readOnly();
    }

    @Override public void share(long node, long offset, long toNode, long toOffset, long length) throws FsException {
        throw readOnly();
    }

    @Override public void setExtended(long node, String name, byte[] value, ExtendedMode mode) throws FsException {
        throw readOnly();
    }

    @Override public void removeExtended(long node, String name) throws FsException {
        throw readOnly();
    }
}
