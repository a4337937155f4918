package org.cloudos.fs.hostfs;

import java.io.IOException;
import java.nio.file.AccessDeniedException;
import java.nio.file.DirectoryNotEmptyException;
import java.nio.file.FileAlreadyExistsException;
import java.nio.file.FileSystemException;
import java.nio.file.NoSuchFileException;
import java.nio.file.NotDirectoryException;
import java.util.Map;
import org.cloudos.fs.Errno;
import org.cloudos.fs.FsException;
import org.cloudos.linux.LinuxException;

/** What the machine's files refuse, by number. The JDK tells most errors in the C library's words only. */
final class HostErrors {
    private static final Map<String, Errno> WORDS = Map.ofEntries(Map.entry("Is a directory", Errno.EISDIR), Map.entry("Not a directory", Errno.ENOTDIR),
            Map.entry("Directory not empty", Errno.ENOTEMPTY), Map.entry("Invalid argument", Errno.EINVAL),
            Map.entry("No space left on device", Errno.ENOSPC), Map.entry("Read-only file system", Errno.EROFS),
            Map.entry("Operation not permitted", Errno.EPERM), Map.entry("Disk quota exceeded", Errno.EDQUOT),
            Map.entry("File name too long", Errno.ENAMETOOLONG), Map.entry("Too many links", Errno.EMLINK),
            Map.entry("Invalid cross-device link", Errno.EXDEV), Map.entry("Operation not supported", Errno.EOPNOTSUPP),
            Map.entry("Device or resource busy", Errno.EBUSY), Map.entry("File too large", Errno.EFBIG),
            Map.entry("Too many levels of symbolic links", Errno.ELOOP), Map.entry("Too many open files", Errno.EMFILE));

    private HostErrors() { }

    static FsException told(IOException e, String about) {
        return switch (e) {
            case FsException own -> own;
            case LinuxException linux -> refused(number(linux.errno()), about, linux);
            case NoSuchFileException none -> refused(Errno.ENOENT, about, none);
            case FileAlreadyExistsException there -> refused(Errno.EEXIST, about, there);
            case DirectoryNotEmptyException full -> refused(Errno.ENOTEMPTY, about, full);
            case AccessDeniedException denied -> refused(Errno.EACCES, about, denied);
            case NotDirectoryException file -> refused(Errno.ENOTDIR, about, file);
            default -> words(e, about);
        };
    }

    private static FsException words(IOException e, String about) {
        String text = e instanceof FileSystemException f && f.getReason() != null ? f.getReason() : String.valueOf(e.getMessage());
        for (Map.Entry<String, Errno> known : WORDS.entrySet()) {
            if (text.contains(known.getKey())) {
                return refused(known.getValue(), about, e);
            }
        }
        return new FsException.DeviceFailed(about, e);
    }

    private static Errno number(int errno) {
        for (Errno known : Errno.values()) {
            if (known.number() == errno) {
                return known;
            }
        }
        return Errno.EIO;
    }

    private static FsException refused(Errno errno, String about, Exception cause) {
        FsException refused = new FsException.Refused(errno, about);
        refused.addSuppressed(cause);
        return refused;
    }
}
