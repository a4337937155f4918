package org.cloudos.fs.vfs;

import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.List;
import org.cloudos.fs.Errno;
import org.cloudos.fs.FsException;

/**
 * A POSIX access control list: acl(5). As an attribute's value it is little-endian, as Linux has it (linux/posix_acl_xattr.h):
 * version 2 (4), then for each entry tag (2), permissions (2), id (4).
 *
 * @param entries ordered by tag, then id
 */
public record Acl(List<Entry> entries) {
    /** Attribute of the list that is checked. */
    public static final String ACCESS = "system.posix_acl_access";
    /** Attribute of the list that new nodes of a folder get. */
    public static final String DEFAULT = "system.posix_acl_default";
    private static final int VERSION = 2, HEADER = 4, ENTRY = 8, UNDEFINED_ID = -1;

    /** Whom an entry is about. */
    public enum Tag {
        OWNER(0x01), USER(0x02), OWNING_GROUP(0x04), GROUP(0x08), MASK(0x10), OTHER(0x20);

        private final int bits;

        Tag(int bits) {
            this.bits = bits;
        }

        boolean named() {
            return this == USER || this == GROUP;
        }
    }

    /**
     * One line.
     *
     * @param permissions 4 read, 2 write, 1 execute
     * @param id          of USER and GROUP, else 0
     */
    public record Entry(Tag tag, int permissions, int id) { }

    public Acl {
        entries = entries.stream().sorted(Comparator.comparing(Entry::tag).thenComparing(e -> Integer.toUnsignedLong(e.id()))).toList();
    }

    /** What the permission bits alone say. */
    public static Acl of(int mode) {
        return new Acl(List.of(new Entry(Tag.OWNER, mode >> 6 & 7, 0), new Entry(Tag.OWNING_GROUP, mode >> 3 & 7, 0),
                new Entry(Tag.OTHER, mode & 7, 0)));
    }

    /** {@code EINVAL} for bytes that are no list, and for a list that can't be. */
    public static Acl parse(byte[] value) throws FsException {
        ByteBuffer in = ByteBuffer.wrap(value).order(ByteOrder.LITTLE_ENDIAN);
        if (value.length < HEADER || (value.length - HEADER) % ENTRY != 0 || in.getInt() != VERSION) {
            throw new FsException.Refused(Errno.EINVAL, "access control list of " + value.length + " bytes");
        }
        List<Entry> entries = new ArrayList<>();
        while (in.hasRemaining()) {
            int bits = in.getShort(), permissions = in.getShort(), id = in.getInt();
            Tag tag = null;
            for (Tag t : Tag.values()) {
                tag = t.bits == bits ? t : tag;
            }
            if (tag == null || (permissions & ~7) != 0) {
                throw new FsException.Refused(Errno.EINVAL, "access control entry with tag " + bits + ", permissions " + permissions);
            }
            entries.add(new Entry(tag, permissions, tag.named() ? id : 0));
        }
        Acl acl = new Acl(entries);
        acl.check();
        return acl;
    }

    /** Each of owner, owning group and others once, nobody twice, a mask where somebody is named: acl_valid(3). */
    public void check() throws FsException {
        boolean named = false;
        for (int i = 0; i < entries.size(); i++) {
            Entry e = entries.get(i);
            named |= e.tag.named();
            if (i > 0 && entries.get(i - 1).tag == e.tag && entries.get(i - 1).id == e.id) {
                throw new FsException.Refused(Errno.EINVAL, "access control list names twice " + e);
            }
        }
        for (Tag tag : List.of(Tag.OWNER, Tag.OWNING_GROUP, Tag.OTHER)) {
            if (find(tag) == null) {
                throw new FsException.Refused(Errno.EINVAL, "access control list without " + tag);
            }
        }
        if (named && find(Tag.MASK) == null) {
            throw new FsException.Refused(Errno.EINVAL, "access control list that names somebody, without MASK");
        }
    }

    /** As an attribute's value. */
    public byte[] bytes() {
        ByteBuffer out = ByteBuffer.allocate(HEADER + ENTRY * entries.size()).order(ByteOrder.LITTLE_ENDIAN).putInt(VERSION);
        for (Entry e : entries) {
            out.putShort((short) e.tag.bits).putShort((short) e.permissions).putInt(e.tag.named() ? e.id : UNDEFINED_ID);
        }
        return out.array();
    }

    /** The first entry with that tag, or null. */
    public Entry find(Tag tag) {
        for (Entry e : entries) {
            if (e.tag == tag) {
                return e;
            }
        }
        return null;
    }

    /** Whether it says more than permission bits can. */
    public boolean isExtended() {
        return entries.size() > 3;
    }

    /** The permission bits that show it: the mask stands for the group. */
    public int mode() {
        Entry group = find(Tag.MASK) != null ? find(Tag.MASK) : find(Tag.OWNING_GROUP);
        return find(Tag.OWNER).permissions << 6 | group.permissions << 3 | find(Tag.OTHER).permissions;
    }

    /** After chmod(2). */
    public Acl withMode(int mode) {
        Tag group = find(Tag.MASK) != null ? Tag.MASK : Tag.OWNING_GROUP;
        return new Acl(entries.stream().map(e -> e.tag == Tag.OWNER ? new Entry(e.tag, mode >> 6 & 7, 0)
                : e.tag == group ? new Entry(e.tag, mode >> 3 & 7, 0)
                : e.tag == Tag.OTHER ? new Entry(e.tag, mode & 7, 0) : e).toList());
    }

    /** As a default list is applied to a new node that was asked for with a mode: acl(5), object creation. */
    public Acl inherited(int mode) {
        return withMode(mode & mode());
    }

    /** Whether somebody may: acl(5), access check algorithm. @param wanted 4, 2, 1 or their sum */
    public boolean permits(Credentials who, int owner, int group, int wanted) {
        if (who.uid() == owner) {
            return has(find(Tag.OWNER).permissions, wanted);
        }
        int mask = find(Tag.MASK) == null ? 7 : find(Tag.MASK).permissions;
        boolean inGroup = false;
        for (Entry e : entries) {
            if (e.tag == Tag.USER && e.id == who.uid()) {
                return has(e.permissions & mask, wanted);
            }
            if (e.tag == Tag.OWNING_GROUP && who.in(group) || e.tag == Tag.GROUP && who.in(e.id)) {
                if (has(e.permissions & mask, wanted)) {
                    return true;
                }
                inGroup = true;
            }
        }
        return !inGroup && has(find(Tag.OTHER).permissions, wanted);
    }

    private static boolean has(int permissions, int wanted) {
        return (permissions & wanted) == wanted;
    }
}
