package org.cloudos.fs;

/** Error numbers of Linux (asm-generic/errno-base.h, errno.h), and what they mean here. */
public enum Errno {
    EPERM(1, "not permitted"),
    ENOENT(2, "no such file or folder"),
    EINTR(4, "interrupted"),
    EIO(5, "input/output error"),
    ENXIO(6, "no such device or address"),
    E2BIG(7, "too big"),
    EBADF(9, "bad file handle"),
    EAGAIN(11, "would have to wait"),
    ENOMEM(12, "out of memory"),
    EACCES(13, "permission denied"),
    EBUSY(16, "in use"),
    EEXIST(17, "exists"),
    EXDEV(18, "another file system"),
    ENODEV(19, "no such device"),
    ENOTDIR(20, "not a folder"),
    EISDIR(21, "a folder"),
    EINVAL(22, "invalid argument"),
    ENFILE(23, "too many open files on the system"),
    EMFILE(24, "too many open files"),
    ENOTTY(25, "no such control operation"),
    EFBIG(27, "file too large"),
    ENOSPC(28, "no space left"),
    ESPIPE(29, "can't seek"),
    EROFS(30, "read-only file system"),
    EMLINK(31, "too many links"),
    ERANGE(34, "out of range"),
    EDEADLK(35, "would deadlock"),
    ENAMETOOLONG(36, "name too long"),
    ENOLCK(37, "no locks available"),
    ENOSYS(38, "not implemented"),
    ENOTEMPTY(39, "folder not empty"),
    ELOOP(40, "too many symbolic links"),
    ENODATA(61, "no such attribute"),
    EOVERFLOW(75, "value too large"),
    EILSEQ(84, "invalid UTF-8"),
    EOPNOTSUPP(95, "not supported"),
    ESTALE(116, "stale handle"),
    EUCLEAN(117, "the volume is damaged"),
    EDQUOT(122, "quota exceeded"),
    EKEYREJECTED(129, "wrong passphrase");

    private final int number;
    private final String meaning;

    Errno(int number, String meaning) {
        this.number = number;
        this.meaning = meaning;
    }

    /** As the kernel has it. */
    public int number() {
        return number;
    }

    /** In words, for a message. */
    public String meaning() {
        return meaning;
    }
}
