package org.cloudos.fs.fuse.server;

import static org.cloudos.fs.fuse.server.Layouts.ATTR_OUT;
import static org.cloudos.fs.fuse.server.Layouts.ENTRY_OUT;

import java.nio.charset.StandardCharsets;
import org.cloudos.fs.AttributeChange;
import org.cloudos.fs.Attributes;
import org.cloudos.fs.Errno;
import org.cloudos.fs.FileSystem;
import org.cloudos.fs.FsException;
import org.cloudos.fs.NewNode;
import org.cloudos.fs.NodeType;
import org.cloudos.fs.RenameMode;
import org.cloudos.linux.LinuxException;

/** Names and attributes. */
final class NodeRequests {
    // fuse_setattr_in: 0 valid(4) · 16 size · 32 atime · 40 mtime · 56 atimensec(4) · 60 mtimensec(4) · 68 mode(4) · 76 uid(4) · 80 gid(4)
    private static final int MODE = 1, UID = 2, GID = 4, SIZE = 8, ATIME = 16, MTIME = 32, ATIME_NOW = 128, MTIME_NOW = 256, KILL_SUIDGID = 2048;
    private static final int RENAME_NOREPLACE = 1, RENAME_EXCHANGE = 2;
    private static final long NANOS = 1_000_000_000L;
    private static final int LONGEST_TARGET = 4095;
    /** No volume has so many nodes. */
    private static final Attributes PROBE = new Attributes(Long.MAX_VALUE, 0, NodeType.FILE, 0444, 1, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0);

    private final Serving serving;
    private final Rights rights;

    NodeRequests(Serving serving, Rights rights) {
        this.serving = serving;
        this.rights = rights;
    }

    void lookup(Exchange x) throws FsException, LinuxException {
        FileSystem files = serving.files();
        String name = x.name(0);
        Attributes a = switch (name) {
            case "." -> files.attributes(x.node()); // an NFS server asks so (FUSE_EXPORT_SUPPORT)
            case ".." -> files.attributes(files.parent(x.node()));
            default -> files.lookup(x.node(), name);
        };
        if (a == null && name.equals(serving.probe())) {
            Layouts.entry(x.out(), 0, PROBE, 0);
            x.reply(ENTRY_OUT);
        } else if (a == null) {
            Layouts.noEntry(x.out(), serving.cacheSeconds());
            x.reply(ENTRY_OUT);
        } else {
            entry(x, a);
        }
    }

    private void entry(Exchange x, Attributes a) throws FsException, LinuxException {
        serving.told(a);
        Layouts.entry(x.out(), 0, a, serving.cacheSeconds());
        x.reply(ENTRY_OUT);
    }

    void attributes(Exchange x) throws FsException, LinuxException {
        Layouts.attrOut(x.out(), serving.files().attributes(x.node()), serving.cacheSeconds());
        x.reply(ATTR_OUT);
    }

    void statx(Exchange x) throws FsException, LinuxException {
        Layouts.statx(x.out(), serving.files().attributes(x.node()), serving.cacheSeconds());
        x.reply(Layouts.STATX_OUT);
    }

    void set(Exchange x) throws FsException, LinuxException {
        FileSystem files = serving.files();
        int valid = x.inInt(0);
        x.inInt(84); // the whole structure is there
        Integer mode = (valid & MODE) != 0 ? x.inInt(68) & 07777 : null;
        Integer uid = (valid & UID) != 0 ? x.inInt(76) : null, gid = (valid & GID) != 0 ? x.inInt(80) : null;
        Long size = (valid & SIZE) != 0 ? x.inLong(16) : null;
        if (mode == null && (uid != null || gid != null || (valid & KILL_SUIDGID) != 0)) {
            mode = Rights.withoutSetIds(files.attributes(x.node()));
        } else if (mode != null) {
            rights.chmod(files, x.node(), mode);
        }
        Long accessed = time(x, valid, ATIME, ATIME_NOW, 32, 56), modified = time(x, valid, MTIME, MTIME_NOW, 40, 60);
        boolean any = mode != null || uid != null || gid != null || size != null || accessed != null || modified != null;
        Attributes a = any ? files.set(x.node(), new AttributeChange(mode, uid, gid, size, accessed, modified, null)) : files.attributes(x.node());
        serving.changes().node(x.node(), size != null);
        Layouts.attrOut(x.out(), a, serving.cacheSeconds());
        x.reply(ATTR_OUT);
    }

    private static Long time(Exchange x, int valid, int given, int now, int seconds, int nanos) throws FsException {
        if ((valid & now) != 0) {
            return AttributeChange.NOW;
        }
        return (valid & given) == 0 ? null : (Long) (x.inLong(seconds) * NANOS + x.inInt(nanos));
    }

    void target(Exchange x) throws FsException, LinuxException {
        x.reply(serving.files().target(x.node()).getBytes(StandardCharsets.UTF_8));
    }

    void symlink(Exchange x) throws FsException, LinuxException {
        int end = x.endOfString(0);
        int bytes = x.endOfString(end + 1) - end - 1;
        if (bytes > LONGEST_TARGET) {
            throw new FsException.Refused(Errno.ENAMETOOLONG, "target of " + bytes + " bytes");
        }
        made(x, x.name(0), NewNode.link(x.string(end + 1, bytes), x.uid(), rights.group(serving.files(), x)));
    }

    /** fuse_mknod_in: 0 mode(4) · 4 rdev(4) · 8 umask(4) · 16 name */
    void mknod(Exchange x) throws FsException, LinuxException {
        NodeType type = NodeType.of(x.inInt(0));
        if (type == null) {
            throw new FsException.Refused(Errno.EINVAL, "mode " + Integer.toOctalString(x.inInt(0)));
        }
        made(x, x.name(16), rights.newNode(serving.files(), x, type, x.inInt(0), x.inInt(8), x.inInt(4)));
    }

    /** fuse_mkdir_in: 0 mode(4) · 4 umask(4) · 8 name */
    void mkdir(Exchange x) throws FsException, LinuxException {
        made(x, x.name(8), rights.newNode(serving.files(), x, NodeType.FOLDER, x.inInt(0), x.inInt(4), 0));
    }

    private void made(Exchange x, String name, NewNode what) throws FsException, LinuxException {
        Attributes a = serving.files().create(x.node(), name, what);
        serving.changes().entry(x.node(), name);
        entry(x, a);
    }

    /** fuse_create_in: 0 flags(4) · 4 mode(4) · 8 umask(4) · 12 open_flags(4) · 16 name; the kernel asks only when there is no such name */
    void create(Exchange x) throws FsException, LinuxException {
        FileSystem files = serving.files();
        String name = x.name(16);
        Attributes a = files.create(x.node(), name, rights.newNode(files, x, NodeType.FILE, x.inInt(4), x.inInt(8), 0));
        serving.changes().entry(x.node(), name);
        serving.told(a);
        opened(x, a);
    }

    /** O_TMPFILE; as {@link #create}. */
    void nameless(Exchange x) throws FsException, LinuxException {
        FileSystem files = serving.files();
        Attributes a = files.createNameless(x.node(), rights.newNode(files, x, NodeType.FILE, x.inInt(4), x.inInt(8), 0));
        serving.known().tell(files, a.node(), true);
        opened(x, a);
    }

    private void opened(Exchange x, Attributes a) throws LinuxException {
        Layouts.entry(x.out(ENTRY_OUT + Layouts.OPEN_OUT), 0, a, serving.cacheSeconds());
        DataRequests.openOut(x.out(), ENTRY_OUT);
        x.reply(ENTRY_OUT + Layouts.OPEN_OUT);
    }

    void remove(Exchange x, boolean folder) throws FsException, LinuxException {
        String name = x.name(0);
        FileSystem files = serving.files();
        Attributes there = files.lookup(x.node(), name);
        files.remove(x.node(), name, folder);
        gone(there);
        serving.changes().entry(x.node(), name);
        x.reply(0);
    }

    /** A node lost a name, and with its last all that it holds as soon as the kernel forgets it; which it does not before the reply. */
    private void gone(Attributes a) {
        if (a != null && (a.links() == 1 || a.type() == NodeType.FOLDER) && serving.known().knows(a.node())) {
            serving.removals().expect(a.node());
        }
    }

    /** fuse_rename_in: 0 newdir · 8 two names; fuse_rename2_in: 0 newdir · 8 flags(4) · 16 two names */
    void rename(Exchange x, boolean withFlags) throws FsException, LinuxException {
        RenameMode mode = switch (withFlags ? x.inInt(8) : 0) {
            case 0 -> RenameMode.REPLACE;
            case RENAME_NOREPLACE -> RenameMode.NO_REPLACE;
            case RENAME_EXCHANGE -> RenameMode.EXCHANGE;
            default -> throw new FsException.Refused(Errno.EINVAL, "rename with flags " + x.inInt(8));
        };
        int names = withFlags ? 16 : 8;
        long folder = x.inLong(0);
        String from = x.name(names), toName = x.name(x.endOfString(names) + 1);
        FileSystem files = serving.files();
        Attributes there = mode == RenameMode.REPLACE ? files.lookup(folder, toName) : null;
        files.rename(x.node(), from, folder, toName, mode);
        gone(there);
        serving.changes().entry(x.node(), from);
        serving.changes().entry(folder, toName);
        x.reply(0);
    }

    /** fuse_link_in: 0 oldnodeid · 8 name */
    void link(Exchange x) throws FsException, LinuxException {
        String name = x.name(8);
        Attributes a = serving.files().link(x.inLong(0), x.node(), name);
        serving.changes().entry(x.node(), name);
        entry(x, a);
    }

    /** fuse_forget_in: 0 nlookup */
    void forget(Exchange x) throws FsException {
        x.noReply();
        forget(serving.volume().get(), x.node(), x.inLong(0));
    }

    /** fuse_batch_forget_in: 0 count(4) · 8 pairs of node and nlookup */
    void forgetMany(Exchange x) throws FsException {
        x.noReply();
        FileSystem files = serving.volume().get();
        for (int i = 0, count = x.inInt(0); i < count; i++) {
            forget(files, x.inLong(8 + i * 16), x.inLong(16 + i * 16));
        }
    }

    private void forget(FileSystem files, long node, long count) {
        if (serving.known().forget(files, node, count)) {
            serving.removals().forgotten(node);
        }
    }
}
