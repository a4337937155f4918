package org.cloudos.fs.fuse.server;

import java.io.ByteArrayOutputStream;
import java.lang.foreign.MemorySegment;
import java.lang.foreign.ValueLayout;
import java.nio.charset.StandardCharsets;
import org.cloudos.fs.AttributeChange;
import org.cloudos.fs.Attributes;
import org.cloudos.fs.Errno;
import org.cloudos.fs.ExtendedMode;
import org.cloudos.fs.FileSystem;
import org.cloudos.fs.FsException;
import org.cloudos.fs.vfs.Acl;
import org.cloudos.linux.LinuxException;

/** Extended attributes, ACLs among them, and the flags that chattr(1) sets. */
final class ExtendedRequests {
    private static final int XATTR_CREATE = 1, XATTR_REPLACE = 2, ACL_KILL_SGID = 1;
    private static final int GETFLAGS = 0x80086601, SETFLAGS = 0x40086602; // FS_IOC_GETFLAGS, linux/fs.h
    private static final int SETTABLE = Attributes.IMMUTABLE | Attributes.APPEND_ONLY | Attributes.COMPRESSED | Attributes.NOT_COMPRESSED;
    private static final ValueLayout.OfInt INT = ValueLayout.JAVA_INT_UNALIGNED;

    private final Serving serving;
    private final Rights rights;

    ExtendedRequests(Serving serving, Rights rights) {
        this.serving = serving;
        this.rights = rights;
    }

    /** fuse_setxattr_in: 0 size(4) · 4 flags(4) · 8 setxattr_flags(4) · 16 name, value */
    void set(Exchange x) throws FsException, LinuxException {
        FileSystem files = serving.files();
        String name = x.name(16);
        byte[] value = x.inData(x.endOfString(16) + 1, x.inInt(0)).toArray(ValueLayout.JAVA_BYTE);
        ExtendedMode mode = switch (x.inInt(4)) {
            case 0 -> ExtendedMode.SET;
            case XATTR_CREATE -> ExtendedMode.CREATE;
            case XATTR_REPLACE -> ExtendedMode.REPLACE;
            default -> throw new FsException.Refused(Errno.EINVAL, "setxattr with flags " + x.inInt(4));
        };
        if (isAcl(name)) {
            rights.setAcl(files, x.node(), name, value, (x.inInt(8) & ACL_KILL_SGID) != 0);
        } else {
            files.setExtended(x.node(), name, value, mode);
        }
        serving.changes().node(x.node(), false);
        x.reply(0);
    }

    private static boolean isAcl(String name) {
        return name.equals(Acl.ACCESS) || name.equals(Acl.DEFAULT);
    }

    /** fuse_getxattr_in: 0 size(4) · 8 name */
    void get(Exchange x) throws FsException, LinuxException {
        value(x, serving.files().extended(x.node(), x.name(8)));
    }

    /** As {@link #get}, without a name. */
    void list(Exchange x) throws FsException, LinuxException {
        ByteArrayOutputStream names = new ByteArrayOutputStream();
        for (String name : serving.files().extendedNames(x.node())) {
            names.writeBytes(name.getBytes(StandardCharsets.UTF_8));
            names.write(0);
        }
        value(x, names.toByteArray());
    }

    /** Who gives no room asks how much there is. */
    private static void value(Exchange x, byte[] value) throws FsException, LinuxException {
        int room = x.inInt(0);
        if (room == 0) {
            x.out(8).set(INT, 0, value.length);
            x.reply(8);
        } else if (value.length > room) {
            throw new FsException.Refused(Errno.ERANGE, "value of " + value.length + " bytes into " + room);
        } else {
            x.reply(value);
        }
    }

    void remove(Exchange x) throws FsException, LinuxException {
        String name = x.name(0);
        if (isAcl(name)) {
            rights.removeAcl(serving.files(), x.node(), name);
        } else {
            serving.files().removeExtended(x.node(), name);
        }
        serving.changes().node(x.node(), false);
        x.reply(0);
    }

    /** fuse_ioctl_in: 0 fh · 8 flags(4) · 12 cmd(4) · 16 arg · 24 in_size(4) · 28 out_size(4) · 32 data; _out: 0 result(4) · 16 data */
    void control(Exchange x) throws FsException, LinuxException {
        FileSystem files = serving.files();
        MemorySegment out = x.out(24);
        switch (x.inInt(12)) {
            case GETFLAGS -> {
                out.set(INT, 16, files.attributes(x.node()).flags());
                x.reply(16 + Math.min(8, x.inInt(28)));
            }
            case SETFLAGS -> {
                int flags = x.inInt(32);
                if ((flags & ~SETTABLE) != 0) {
                    throw new FsException.Refused(Errno.EOPNOTSUPP, "flags " + Integer.toHexString(flags));
                }
                files.set(x.node(), new AttributeChange(null, null, null, null, null, null, flags));
                serving.changes().node(x.node(), false);
                x.reply(16);
            }
            default -> throw new FsException.Refused(Errno.ENOTTY, "ioctl " + Integer.toHexString(x.inInt(12)));
        }
    }
}
