package org.cloudos.fs.fuse.server;

import java.lang.foreign.MemorySegment;
import java.lang.foreign.ValueLayout;
import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.List;
import org.cloudos.fs.Attributes;
import org.cloudos.fs.Errno;
import org.cloudos.fs.FileSystem;
import org.cloudos.fs.FsException;
import org.cloudos.fs.NodeType;
import org.cloudos.linux.LinuxException;

/**
 * Walks folders. The kernel's offset of an entry is the volume's cookie and {@link #OWN}: 1 and 2 are those of {@code .} and {@code ..}.
 *
 * <p>fuse_dirent: 0 ino · 8 off · 16 namelen(4) · 20 type(4) · 24 name, filled up to 8 bytes; fuse_direntplus: 0 entry · 128 dirent.
 */
final class FolderRequests {
    private static final int OWN = 2, DIRENT = 24;
    private static final ValueLayout.OfInt INT = ValueLayout.JAVA_INT_UNALIGNED;
    private static final ValueLayout.OfLong LONG = ValueLayout.JAVA_LONG_UNALIGNED;

    private final Serving serving;

    FolderRequests(Serving serving) {
        this.serving = serving;
    }

    private record Entry(byte[] name, long node, NodeType type, long offset) {
        int size() {
            return DIRENT + name.length + 7 & ~7;
        }
    }

    /** fuse_read_in: 0 fh · 8 offset · 16 size(4) */
    void read(Exchange x, boolean plus) throws FsException, LinuxException {
        FileSystem files = serving.files();
        List<Entry> entries = collect(files, x.node(), x.inLong(8), Math.min(x.inInt(16), Exchange.LARGEST_DATA), plus);
        MemorySegment data = x.data();
        long at = 0;
        for (Entry e : entries) {
            if (plus) {
                entry(files, data, at, e);
                at += Layouts.ENTRY_OUT;
            }
            data.set(LONG, at, e.node);
            data.set(LONG, at + 8, e.offset);
            data.set(INT, at + 16, e.name.length);
            data.set(INT, at + 20, e.type.bits() >> 12);
            MemorySegment.copy(e.name, 0, data, ValueLayout.JAVA_BYTE, at + DIRENT, e.name.length);
            data.asSlice(at + DIRENT + e.name.length, e.size() - DIRENT - e.name.length).fill((byte) 0);
            at += e.size();
        }
        x.replyData(at);
    }

    /** Names first, attributes after: the volume may hold the folder's lock while it lists. */
    private static List<Entry> collect(FileSystem files, long folder, long offset, int room, boolean plus) throws FsException {
        List<Entry> entries = new ArrayList<>();
        int per = plus ? Layouts.ENTRY_OUT : 0;
        int[] left = {room};
        if (offset < 0) {
            throw new FsException.Refused(Errno.EINVAL, "folder's offset " + offset);
        }
        if (offset == 0) {
            take(entries, left, per, new Entry(new byte[] {'.'}, folder, NodeType.FOLDER, 1));
        }
        if (offset <= 1) {
            take(entries, left, per, new Entry(new byte[] {'.', '.'}, files.parent(folder), NodeType.FOLDER, OWN));
        }
        files.list(folder, Math.max(0, offset - OWN), (name, node, type, cookie) ->
                take(entries, left, per, new Entry(name.getBytes(StandardCharsets.UTF_8), node, type, Math.addExact(cookie, OWN))));
        return entries;
    }

    private static boolean take(List<Entry> entries, int[] left, int per, Entry e) {
        left[0] -= per + e.size();
        return left[0] >= 0 && entries.add(e);
    }

    /** With attributes, the kernel remembers the node; without it asks when somebody does. */
    private void entry(FileSystem files, MemorySegment data, long at, Entry e) {
        if (e.offset > OWN) {
            try {
                Attributes a = files.attributes(e.node);
                serving.told(a);
                Layouts.entry(data, at, a, serving.cacheSeconds());
                return;
            } catch (FsException gone) {
                // removed meanwhile: its name is listed all the same
            }
        }
        data.asSlice(at, Layouts.ENTRY_OUT).fill((byte) 0);
    }
}
