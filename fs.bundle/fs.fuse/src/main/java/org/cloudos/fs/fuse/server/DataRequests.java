package org.cloudos.fs.fuse.server;

import java.lang.foreign.MemorySegment;
import java.lang.foreign.ValueLayout;
import org.cloudos.fs.AllocateMode;
import org.cloudos.fs.AttributeChange;
import org.cloudos.fs.Errno;
import org.cloudos.fs.FileSystem;
import org.cloudos.fs.FsException;
import org.cloudos.fs.SeekMode;
import org.cloudos.linux.LinuxException;

/** What is in files. */
final class DataRequests {
    /** What was read before stays in the page cache, close(2) needs no reply of ours, and direct writes run side by side. */
    private static final int OPEN_FLAGS = 1 << 1 | 1 << 5 | 1 << 6; // FOPEN_KEEP_CACHE, NOFLUSH, PARALLEL_DIRECT_WRITES
    private static final int WRITE_CACHE = 1, WRITE_KILL_SUIDGID = 4, FSYNC_DATA = 1, SEEK_DATA = 3, SEEK_HOLE = 4;
    private static final ValueLayout.OfInt INT = ValueLayout.JAVA_INT_UNALIGNED;
    private static final ValueLayout.OfLong LONG = ValueLayout.JAVA_LONG_UNALIGNED;

    private final Serving serving;

    DataRequests(Serving serving) {
        this.serving = serving;
    }

    /** fuse_open_out: 0 fh · 8 open_flags(4) · 12 backing_id(4) */
    static void openOut(MemorySegment out, long at) {
        out.set(LONG, at, 0);
        out.set(INT, at + 8, OPEN_FLAGS);
        out.set(INT, at + 12, 0);
    }

    /** fuse_read_in: 0 fh · 8 offset · 16 size(4) */
    void read(Exchange x) throws FsException, LinuxException {
        int size = Math.min(x.inInt(16), Exchange.LARGEST_DATA);
        long read = serving.files().read(x.node(), x.inLong(8), x.data().asSlice(0, size));
        serving.counters().read.add(read);
        x.replyData(read);
    }

    /** fuse_write_in: 0 fh · 8 offset · 16 size(4) · 20 write_flags(4) · 40 data */
    void write(Exchange x) throws FsException, LinuxException {
        FileSystem files = serving.files();
        MemorySegment data = x.inData(Exchange.WRITE_IN, x.inInt(16));
        long offset = x.inLong(8);
        long written = (x.inInt(20) & WRITE_CACHE) != 0 ? all(files, x.node(), offset, data) : files.write(x.node(), offset, data);
        if ((x.inInt(20) & WRITE_KILL_SUIDGID) != 0) {
            Integer mode = Rights.withoutSetIds(files.attributes(x.node()));
            if (mode != null) {
                files.set(x.node(), AttributeChange.mode(mode));
                x.forgetAttributes(); // the kernel goes on with the mode that it knows, whatever was written
            }
        }
        serving.counters().written.add(written);
        serving.changes().node(x.node(), true);
        x.out(8).set(INT, 0, (int) written);
        x.reply(8);
    }

    /**
     * What the kernel took from a program before. It looks at the error only, not at how much was written; and of the errors it remembers
     * "no space" alone by its name, others become "input/output error" at the file's close.
     */
    private static long all(FileSystem files, long node, long offset, MemorySegment data) throws FsException {
        try {
            long done = files.write(node, offset, data);
            while (done < data.byteSize()) {
                done += files.write(node, offset + done, data.asSlice(done));
            }
            return done;
        } catch (FsException.Refused e) {
            throw e.errno() == Errno.EDQUOT ? new FsException.Refused(Errno.ENOSPC, e.getMessage()) : e;
        }
    }

    /** fuse_fsync_in: 0 fh · 8 flags(4) */
    void sync(Exchange x) throws FsException, LinuxException {
        serving.files().sync(x.node(), (x.inInt(8) & FSYNC_DATA) != 0);
        x.reply(0);
    }

    void syncAll(Exchange x) throws FsException, LinuxException {
        serving.files().sync();
        x.reply(0);
    }

    void space(Exchange x) throws FsException, LinuxException {
        Layouts.statfs(x.out(Layouts.STATFS_OUT), serving.files().space());
        x.reply(Layouts.STATFS_OUT);
    }

    /** fuse_fallocate_in: 0 fh · 8 offset · 16 length · 24 mode(4) */
    void allocate(Exchange x) throws FsException, LinuxException {
        AllocateMode mode = switch (x.inInt(24)) { // linux/falloc.h
            case 0x00 -> AllocateMode.RESERVE;
            case 0x01 -> AllocateMode.RESERVE_KEEP_SIZE;
            case 0x03 -> AllocateMode.PUNCH_HOLE;
            case 0x08 -> AllocateMode.COLLAPSE;
            case 0x10 -> AllocateMode.ZERO;
            case 0x11 -> AllocateMode.ZERO_KEEP_SIZE;
            case 0x20 -> AllocateMode.INSERT;
            default -> throw new FsException.Refused(Errno.EOPNOTSUPP, "fallocate of mode " + x.inInt(24));
        };
        FileSystem files = serving.files();
        files.allocate(x.node(), x.inLong(8), x.inLong(16), mode);
        Integer less = Rights.withoutSetIds(files.attributes(x.node()), x.gid());
        if (less != null && x.uid() != 0) {
            files.set(x.node(), AttributeChange.mode(less));
            x.forgetAttributes();
        }
        serving.changes().node(x.node(), true);
        x.reply(0);
    }

    /** fuse_lseek_in: 0 fh · 8 offset · 16 whence(4) */
    void seek(Exchange x) throws FsException, LinuxException {
        int whence = x.inInt(16);
        if (whence != SEEK_DATA && whence != SEEK_HOLE) {
            throw new FsException.Refused(Errno.EINVAL, "lseek by " + whence);
        }
        long found = serving.files().seek(x.node(), x.inLong(8), whence == SEEK_DATA ? SeekMode.DATA : SeekMode.HOLE);
        x.out().set(LONG, 0, found);
        x.reply(8);
    }

    /** fuse_copy_file_range_in: 0 fh_in · 8 off_in · 16 nodeid_out · 24 fh_out · 32 off_out · 40 len · 48 flags */
    void copy(Exchange x, boolean wide) throws FsException, LinuxException {
        long most = wide ? Long.MAX_VALUE : 0xffff_f000L, target = x.inLong(16);
        long copied = serving.files().copy(x.node(), x.inLong(8), target, x.inLong(32), Math.min(x.inLong(40), most));
        serving.changes().node(target, true);
        x.out(8).set(LONG, 0, copied); // fuse_write_out has 32 bits and zeros behind it
        x.reply(8);
    }
}
