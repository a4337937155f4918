package org.cloudos.fs.tmpfs;

import java.util.HashMap;
import java.util.Map;
import java.util.TreeMap;
import java.util.concurrent.locks.ReentrantReadWriteLock;
import org.cloudos.fs.AttributeChange;
import org.cloudos.fs.Attributes;
import org.cloudos.fs.NewNode;
import org.cloudos.fs.NodeType;

/**
 * A node. All that it holds is of the JDK's types and lives in one array: a swap hands the array over, and both versions see the same
 * node, whichever of them stays.
 *
 * @param f        numbers, by the constants; guarded by the lock, as is all else
 * @param extended attributes
 * @param content  of a folder {@link Entries}'s map, of a file {@link Pages}'s, of a link its target, else ""
 */
record Node(long[] f, Map<String, byte[]> extended, Object content, ReentrantReadWriteLock lock) {
    static final int NODE = 0, GENERATION = 1, TYPE = 2, MODE = 3, LINKS = 4, UID = 5, GID = 6, DEVICE = 7, SIZE = 8, PAGES = 9,
            ACCESSED = 10, MODIFIED = 11, CHANGED = 12, BORN = 13, FLAGS = 14, HOLDS = 15, PARENT = 16, COOKIE = 17, FIELDS = 18;
    private static final NodeType[] TYPES = NodeType.values();

    static Node make(long number, long parent, NewNode what, long now) {
        long[] f = new long[FIELDS];
        f[NODE] = number;
        f[GENERATION] = 1; // no number is used again
        f[TYPE] = what.type().ordinal();
        f[MODE] = what.mode() & 07777;
        f[LINKS] = what.type() == NodeType.FOLDER ? 2 : 1;
        f[UID] = what.uid();
        f[GID] = what.gid();
        f[DEVICE] = what.device();
        f[ACCESSED] = f[MODIFIED] = f[CHANGED] = f[BORN] = now;
        f[PARENT] = parent;
        Object content = switch (what.type()) {
            case FOLDER -> new Object[] {new HashMap<String, long[]>(), new TreeMap<Long, String>()};
            case FILE -> new TreeMap<Long, int[]>();
            case LINK -> what.target();
            default -> "";
        };
        if (what.type() == NodeType.LINK) {
            f[SIZE] = what.target().getBytes(java.nio.charset.StandardCharsets.UTF_8).length;
        }
        Map<String, byte[]> extended = new TreeMap<>();
        what.extended().forEach((k, v) -> extended.put(k, v.clone()));
        return new Node(f, extended, content, new ReentrantReadWriteLock());
    }

    Object[] raw() {
        return new Object[] {f, extended, content, lock};
    }

    @SuppressWarnings("unchecked")
    static Node of(Object[] raw) {
        return new Node((long[]) raw[0], (Map<String, byte[]>) raw[1], raw[2], (ReentrantReadWriteLock) raw[3]);
    }

    NodeType type() {
        return TYPES[(int) f[TYPE]];
    }

    boolean isFolder() {
        return f[TYPE] == NodeType.FOLDER.ordinal();
    }

    long number() {
        return f[NODE];
    }

    Entries entries() {
        return Entries.of((Object[]) content);
    }

    @SuppressWarnings("unchecked")
    TreeMap<Long, int[]> chunks() {
        return (TreeMap<Long, int[]>) content;
    }

    /** Preconditions: the lock is held. */
    Attributes attributes() {
        return new Attributes(f[NODE], f[GENERATION], type(), (int) f[MODE], f[LINKS], (int) f[UID], (int) f[GID], (int) f[DEVICE], f[SIZE],
                f[PAGES] * PagePool.PAGE, f[ACCESSED], f[MODIFIED], f[CHANGED], f[BORN], (int) f[FLAGS]);
    }

    /** All but the size. Preconditions: the write lock is held. */
    void change(AttributeChange change, long now) {
        set(MODE, change.mode() == null ? null : (long) (change.mode() & 07777));
        set(UID, change.uid() == null ? null : change.uid().longValue());
        set(GID, change.gid() == null ? null : change.gid().longValue());
        set(FLAGS, change.flags() == null ? null : change.flags().longValue());
        set(ACCESSED, time(change.accessed(), now));
        set(MODIFIED, time(change.modified(), now));
        f[CHANGED] = now;
    }

    private void set(int field, Long value) {
        if (value != null) {
            f[field] = value;
        }
    }

    private static Long time(Long asked, long now) {
        return asked != null && asked == AttributeChange.NOW ? Long.valueOf(now) : asked;
    }
}
