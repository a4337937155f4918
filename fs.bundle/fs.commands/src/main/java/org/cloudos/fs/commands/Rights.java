package org.cloudos.fs.commands;

import java.util.ArrayList;
import java.util.List;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import org.cloudos.fs.Attributes;
import org.cloudos.fs.FsException;
import org.cloudos.fs.vfs.Acl;
import org.cloudos.fs.vfs.Acl.Entry;
import org.cloudos.fs.vfs.Acl.Tag;

/** Modes and access lists in the words of chmod(1), ls(1) and setfacl(1). */
final class Rights {
    private static final Pattern CLAUSE = Pattern.compile("([ugoa]*)([-+=])([rwxXst]*)");
    private static final Pattern ENTRY = Pattern.compile("(u|user|g|group|o|other|m|mask):([0-9]*):([-rwx]{1,3}|[0-7])");
    private static final int SET_UID = 04000, SET_GID = 02000, STICKY = 01000;

    private Rights() { }

    /** {@code 750}, or {@code u+rwX,go-w}. */
    static int mode(String text, Attributes now) {
        if (text.matches("[0-7]{1,4}")) {
            return Integer.parseInt(text, 8);
        }
        int mode = now.mode();
        for (String clause : text.split(",")) {
            Matcher m = CLAUSE.matcher(clause);
            if (!m.matches()) {
                throw new IllegalArgumentException("mode: expected octal digits or clauses such as u+rw, found \"" + clause + "\"");
            }
            mode = apply(mode, m.group(1).isEmpty() || m.group(1).contains("a") ? "ugo" : m.group(1), m.group(2).charAt(0), m.group(3), now);
        }
        return mode;
    }

    private static int apply(int mode, String who, char how, String what, Attributes now) {
        int bits = 0, all = 0;
        for (char w : who.toCharArray()) {
            int shift = w == 'u' ? 6 : w == 'g' ? 3 : 0;
            int rwx = 0;
            for (char c : what.toCharArray()) {
                rwx |= switch (c) {
                    case 'r' -> 4;
                    case 'w' -> 2;
                    case 'x' -> 1;
                    case 'X' -> now.isFolder() || (now.mode() & 0111) != 0 ? 1 : 0;
                    default -> 0;
                };
            }
            bits |= rwx << shift;
            all |= 7 << shift;
            bits |= what.contains("s") ? w == 'u' ? SET_UID : w == 'g' ? SET_GID : 0 : 0;
        }
        bits |= what.contains("t") ? STICKY : 0;
        return switch (how) {
            case '+' -> mode | bits;
            case '-' -> mode & ~bits;
            default -> mode & ~all | bits;
        };
    }

    /** {@code drwxr-xr-x}. */
    static String text(Attributes a) {
        char type = switch (a.type()) {
            case FOLDER -> 'd';
            case LINK -> 'l';
            case FIFO -> 'p';
            case SOCKET -> 's';
            case CHARACTER_DEVICE -> 'c';
            case BLOCK_DEVICE -> 'b';
            case FILE -> '-';
        };
        char[] text = (type + "rwxrwxrwx").toCharArray();
        for (int i = 0; i < 9; i++) {
            text[i + 1] = (a.mode() >> 8 - i & 1) == 0 ? '-' : text[i + 1];
        }
        special(text, 3, (a.mode() & SET_UID) != 0, 's');
        special(text, 6, (a.mode() & SET_GID) != 0, 's');
        special(text, 9, (a.mode() & STICKY) != 0, 't');
        return new String(text);
    }

    private static void special(char[] text, int at, boolean is, char letter) {
        if (is) {
            text[at] = text[at] == 'x' ? letter : Character.toUpperCase(letter);
        }
    }

    static String bits(int permissions) {
        return ((permissions & 4) != 0 ? "r" : "-") + ((permissions & 2) != 0 ? "w" : "-") + ((permissions & 1) != 0 ? "x" : "-");
    }

    /** {@code user:1000:rw-}. */
    static String text(Entry e) {
        return switch (e.tag()) {
            case OWNER -> "user::";
            case USER -> "user:" + e.id() + ":";
            case OWNING_GROUP -> "group::";
            case GROUP -> "group:" + e.id() + ":";
            case MASK -> "mask::";
            case OTHER -> "other::";
        } + bits(e.permissions());
    }

    private static Entry entry(String text) {
        Matcher m = ENTRY.matcher(text);
        if (!m.matches()) {
            throw new IllegalArgumentException("entry: expected one such as u:1000:rw, g::r or m::rwx, found \"" + text + "\"");
        }
        boolean named = !m.group(2).isEmpty();
        Tag tag = switch (m.group(1).charAt(0)) {
            case 'u' -> named ? Tag.USER : Tag.OWNER;
            case 'g' -> named ? Tag.GROUP : Tag.OWNING_GROUP;
            case 'm' -> Tag.MASK;
            default -> Tag.OTHER;
        };
        String rights = m.group(3);
        int permissions = rights.matches("[0-7]") ? Integer.parseInt(rights)
                : (rights.contains("r") ? 4 : 0) | (rights.contains("w") ? 2 : 0) | (rights.contains("x") ? 1 : 0);
        return new Entry(tag, permissions, named ? Integer.parseUnsignedInt(m.group(2)) : 0);
    }

    /** The list with entries set or (those that begin with {@code -}) removed, and a mask that lets them all through. */
    static Acl changed(Acl acl, List<String> changes) throws FsException {
        List<Entry> entries = new ArrayList<>(acl.entries());
        boolean maskGiven = false;
        for (String change : changes) {
            boolean removes = change.startsWith("-");
            Entry entry = entry(removes ? change.substring(1) + (change.endsWith(":") ? "-" : "") : change);
            maskGiven |= entry.tag() == Tag.MASK;
            entries.removeIf(e -> e.tag() == entry.tag() && e.id() == entry.id());
            if (!removes) {
                entries.add(entry);
            }
        }
        if (!maskGiven) {
            int mask = 0;
            boolean named = false;
            for (Entry e : entries) {
                boolean masked = e.tag() == Tag.USER || e.tag() == Tag.GROUP || e.tag() == Tag.OWNING_GROUP;
                mask |= masked ? e.permissions() : 0;
                named |= e.tag() == Tag.USER || e.tag() == Tag.GROUP;
            }
            entries.removeIf(e -> e.tag() == Tag.MASK);
            if (named) {
                entries.add(new Entry(Tag.MASK, mask, 0));
            }
        }
        Acl changed = new Acl(entries);
        changed.check();
        return changed;
    }
}
