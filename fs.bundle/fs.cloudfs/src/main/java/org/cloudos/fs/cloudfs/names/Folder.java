package org.cloudos.fs.cloudfs.names;

import java.nio.charset.StandardCharsets;
import java.util.Arrays;
import org.cloudos.fs.EntrySink;
import org.cloudos.fs.Errno;
import org.cloudos.fs.FsException;
import org.cloudos.fs.NodeType;
import org.cloudos.fs.cloudfs.format.Key;
import org.cloudos.fs.cloudfs.format.Le;
import org.cloudos.fs.cloudfs.tree.Cursor;
import org.cloudos.fs.cloudfs.volume.Change;
import org.cloudos.fs.cloudfs.volume.Subvolume;

/**
 * A folder's entries: items at {@code hash << 8 | n}, where n tells names with the same hash apart and stays what it is. So a cookie is the
 * offset of an entry. Preconditions: the tree lock is held, alone by those with a {@link Change}.
 */
final class Folder {
    private static final int MOST_ALIKE = 256;

    /** @param offset of its item; node and type of what it names */
    record Entry(long offset, long node, int type) { }

    private Folder() { }

    /** @return null when there is none */
    static Entry find(Subvolume s, long folder, byte[] name) throws FsException {
        long first = s.volume.hash.of(name) << 8;
        byte[] likely = s.tree.recalled(folder, Key.low(Key.ENTRY, first)); // only names with the same hash stand behind it
        if (likely != null && Arrays.equals(likely, 9, likely.length, name, 0, name.length)) {
            return new Entry(first, Le.i64(likely, 0), Le.u8(likely, 8));
        }
        for (Cursor c = s.tree.from(folder, Key.low(Key.ENTRY, first)); at(c, folder) && Key.offset(c.low()) < first + MOST_ALIKE; c.next()) {
            int from = c.at() + 9, to = c.at() + c.length();
            if (Arrays.equals(c.page(), from, to, name, 0, name.length)) {
                if (Key.offset(c.low()) == first) {
                    s.tree.remember(folder, c.low(), c.value());
                }
                return new Entry(Key.offset(c.low()), Le.i64(c.page(), c.at()), Le.u8(c.page(), c.at() + 8));
            }
        }
        return null;
    }

    private static boolean at(Cursor c, long folder) throws FsException {
        if (!c.valid() || c.high() != folder || Key.type(c.low()) != Key.ENTRY) {
            return false;
        }
        if (c.length() < 10 || c.length() > 9 + 255) {
            throw new FsException.Corrupt("folder " + folder, "entry's length", "10 to 264", c.length());
        }
        return true;
    }

    /** Where a new name goes. {@code ENOSPC} when 256 names have one hash. */
    static long place(Subvolume s, long folder, byte[] name) throws FsException {
        long first = s.volume.hash.of(name) << 8, next = first;
        for (Cursor c = s.tree.from(folder, Key.low(Key.ENTRY, first)); at(c, folder) && Key.offset(c.low()) == next; c.next()) {
            next++;
        }
        if (next >= first + MOST_ALIKE) {
            throw new FsException.Refused(Errno.ENOSPC, "names with one hash in folder " + folder);
        }
        return next;
    }

    static void put(Change change, long folder, long offset, byte[] name, long node, int mode) throws FsException {
        byte[] value = new byte[9 + name.length];
        Le.i64(value, 0, node);
        value[8] = (byte) (mode >> 12 & 15);
        System.arraycopy(name, 0, value, 9, name.length);
        change.put(folder, Key.ENTRY, offset, value);
    }

    /** Walks from behind a cookie. @return false when the sink has enough, or the cookie where {@code most} were given */
    static long list(Subvolume s, long folder, long cookie, int most, EntrySink sink) throws FsException {
        int n = 0;
        for (Cursor c = s.tree.from(folder, Key.low(Key.ENTRY, cookie + 1)); at(c, folder); c.next()) {
            if (n++ == most) {
                return Key.offset(c.low()) - 1;
            }
            String name = new String(c.page(), c.at() + 9, c.length() - 9, StandardCharsets.UTF_8);
            NodeType type = NodeType.of(Le.u8(c.page(), c.at() + 8) << 12);
            if (type == null) {
                throw new FsException.Corrupt("folder " + folder, "type of \"" + name + "\"", "a type", Le.u8(c.page(), c.at() + 8));
            }
            if (!sink.entry(name, Le.i64(c.page(), c.at()), type, Key.offset(c.low()))) {
                return -1;
            }
        }
        return -1;
    }

    static boolean empty(Subvolume s, long folder) throws FsException {
        return !at(s.tree.from(folder, Key.low(Key.ENTRY, 0)), folder);
    }
}
