package org.cloudos.fs.fuse.server;

import java.util.function.BiConsumer;
import org.cloudos.fs.Errno;
import org.cloudos.fs.FsException;
import org.cloudos.linux.LinuxException;
import org.cloudos.linux.fuse.FuseChannel;

/** From a request to its reply. Whatever goes wrong becomes an errno: no request is left without an answer. */
final class Dispatch {
    private final Serving serving;
    private final NodeRequests nodes;
    private final DataRequests data;
    private final FolderRequests folders;
    private final ExtendedRequests extended;
    private final BiConsumer<String, Throwable> problems;

    /** @param problems hears of damage, of failing devices and of faults of ours */
    Dispatch(Serving serving, BiConsumer<String, Throwable> problems) {
        this.serving = serving;
        this.problems = problems;
        Rights rights = new Rights();
        nodes = new NodeRequests(serving, rights);
        data = new DataRequests(serving);
        folders = new FolderRequests(serving);
        extended = new ExtendedRequests(serving, rights);
    }

    void handle(Exchange x, FuseChannel to) throws LinuxException {
        serving.counters().requests.increment();
        try {
            answerOrRetry(x, to);
            return;
        } catch (FsException e) {
            if (e.errno() != Errno.ENOENT && e.errno() != Errno.ENODATA && e.errno() != Errno.ENOTTY) {
                serving.counters().failed.increment();
            }
            if (!(e instanceof FsException.Refused)) {
                problems.accept(e.getMessage(), e);
            }
            failed(x, to, e.errno().number());
        } catch (RuntimeException | Error e) { // also of a gate: the volume's bundle is being swapped for too long
            serving.counters().failed.increment();
            problems.accept("request " + x.opcode() + " of node " + x.node() + " failed: " + e, e);
            failed(x, to, e instanceof OutOfMemoryError ? Errno.ENOMEM.number() : Errno.EIO.number());
        }
    }

    private static void failed(Exchange x, FuseChannel to, int errno) throws LinuxException {
        if (!x.answered()) {
            x.fail(to, errno);
        }
    }

    private void answerOrRetry(Exchange x, FuseChannel to) throws FsException, LinuxException {
        try {
            answer(x, to);
        } catch (FsException.Refused e) {
            serving.removals().retry(() -> answer(x, to), e);
        }
    }

    private void answer(Exchange x, FuseChannel to) throws FsException, LinuxException {
        switch (x.opcode()) {
            case Opcode.LOOKUP -> nodes.lookup(x, to);
            case Opcode.FORGET -> nodes.forget(x);
            case Opcode.BATCH_FORGET -> nodes.forgetMany(x);
            case Opcode.GETATTR -> nodes.attributes(x, to);
            case Opcode.STATX -> nodes.statx(x, to);
            case Opcode.SETATTR -> nodes.set(x, to);
            case Opcode.READLINK -> nodes.target(x, to);
            case Opcode.SYMLINK -> nodes.symlink(x, to);
            case Opcode.MKNOD -> nodes.mknod(x, to);
            case Opcode.MKDIR -> nodes.mkdir(x, to);
            case Opcode.CREATE -> nodes.create(x, to);
            case Opcode.TMPFILE -> nodes.nameless(x, to);
            case Opcode.UNLINK -> nodes.remove(x, to, false);
            case Opcode.RMDIR -> nodes.remove(x, to, true);
            case Opcode.RENAME -> nodes.rename(x, to, false);
            case Opcode.RENAME2 -> nodes.rename(x, to, true);
            case Opcode.LINK -> nodes.link(x, to);
            case Opcode.READ -> data.read(x, to);
            case Opcode.WRITE -> data.write(x, to);
            case Opcode.FSYNC, Opcode.FSYNCDIR -> data.sync(x, to);
            case Opcode.SYNCFS -> data.syncAll(x, to);
            case Opcode.STATFS -> data.space(x, to);
            case Opcode.FALLOCATE -> data.allocate(x, to);
            case Opcode.LSEEK -> data.seek(x, to);
            case Opcode.COPY_FILE_RANGE -> data.copy(x, to, false);
            case Opcode.COPY_FILE_RANGE_64 -> data.copy(x, to, true);
            case Opcode.READDIR -> folders.read(x, to, false);
            case Opcode.READDIRPLUS -> folders.read(x, to, true);
            case Opcode.SETXATTR -> extended.set(x, to);
            case Opcode.GETXATTR -> extended.get(x, to);
            case Opcode.LISTXATTR -> extended.list(x, to);
            case Opcode.REMOVEXATTR -> extended.remove(x, to);
            case Opcode.IOCTL -> extended.control(x, to);
            case Opcode.RELEASE, Opcode.RELEASEDIR, Opcode.DESTROY -> x.reply(to, 0);
            case Opcode.NOTIFY_REPLY, Opcode.INTERRUPT -> x.noReply(); // every request ends soon of itself, and nobody waits for the first
            default -> x.fail(to, Errno.ENOSYS.number()); // the kernel does it itself from then on: OPEN and RELEASE, FLUSH, OPENDIR, ACCESS, locks ...
        }
    }
}
