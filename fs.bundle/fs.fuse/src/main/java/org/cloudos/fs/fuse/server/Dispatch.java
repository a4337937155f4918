package org.cloudos.fs.fuse.server;

import java.util.function.BiConsumer;
import org.cloudos.fs.Errno;
import org.cloudos.fs.FsException;
import org.cloudos.linux.LinuxException;

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

    void handle(Exchange x) throws LinuxException {
        serving.counters().requests.increment();
        try {
            answerOrRetry(x);
            return;
        } catch (FsException e) {
            if (e.errno() != Errno.ENOENT && e.errno() != Errno.ENODATA && e.errno() != Errno.ENOTTY) {
                serving.counters().failed.increment();
            }
            if (!(e instanceof FsException.Refused)) {
                problems.accept(e.getMessage(), e);
            }
            failed(x, e.errno().number());
        } catch (RuntimeException | Error e) { // also of a gate: the volume's bundle is being swapped for too long
            serving.counters().failed.increment();
            problems.accept("request " + x.opcode() + " of node " + x.node() + " failed: " + e, e);
            failed(x, e instanceof OutOfMemoryError ? Errno.ENOMEM.number() : Errno.EIO.number());
        }
    }

    private static void failed(Exchange x, int errno) throws LinuxException {
        if (!x.answered()) {
            x.fail(errno);
        }
    }

    private void answerOrRetry(Exchange x) throws FsException, LinuxException {
        try {
            answer(x);
        } catch (FsException.Refused e) {
            serving.removals().retry(() -> answer(x), e);
        }
    }

    private void answer(Exchange x) throws FsException, LinuxException {
        switch (x.opcode()) {
            case Opcode.LOOKUP -> nodes.lookup(x);
            case Opcode.FORGET -> nodes.forget(x);
            case Opcode.BATCH_FORGET -> nodes.forgetMany(x);
            case Opcode.GETATTR -> nodes.attributes(x);
            case Opcode.STATX -> nodes.statx(x);
            case Opcode.SETATTR -> nodes.set(x);
            case Opcode.READLINK -> nodes.target(x);
            case Opcode.SYMLINK -> nodes.symlink(x);
            case Opcode.MKNOD -> nodes.mknod(x);
            case Opcode.MKDIR -> nodes.mkdir(x);
            case Opcode.CREATE -> nodes.create(x);
            case Opcode.TMPFILE -> nodes.nameless(x);
            case Opcode.UNLINK -> nodes.remove(x, false);
            case Opcode.RMDIR -> nodes.remove(x, true);
            case Opcode.RENAME -> nodes.rename(x, false);
            case Opcode.RENAME2 -> nodes.rename(x, true);
            case Opcode.LINK -> nodes.link(x);
            case Opcode.READ -> data.read(x);
            case Opcode.WRITE -> data.write(x);
            case Opcode.FSYNC, Opcode.FSYNCDIR -> data.sync(x);
            case Opcode.SYNCFS -> data.syncAll(x);
            case Opcode.STATFS -> data.space(x);
            case Opcode.FALLOCATE -> data.allocate(x);
            case Opcode.LSEEK -> data.seek(x);
            case Opcode.COPY_FILE_RANGE -> data.copy(x, false);
            case Opcode.COPY_FILE_RANGE_64 -> data.copy(x, true);
            case Opcode.READDIR -> folders.read(x, false);
            case Opcode.READDIRPLUS -> folders.read(x, true);
            case Opcode.SETXATTR -> extended.set(x);
            case Opcode.GETXATTR -> extended.get(x);
            case Opcode.LISTXATTR -> extended.list(x);
            case Opcode.REMOVEXATTR -> extended.remove(x);
            case Opcode.IOCTL -> extended.control(x);
            case Opcode.RELEASE, Opcode.RELEASEDIR, Opcode.DESTROY -> x.reply(0);
            case Opcode.NOTIFY_REPLY, Opcode.INTERRUPT -> x.noReply(); // every request ends soon of itself, and nobody waits for the first
            default -> x.fail(Errno.ENOSYS.number()); // the kernel does it itself from then on: OPEN and RELEASE, FLUSH, OPENDIR, ACCESS, locks ...
        }
    }
}
