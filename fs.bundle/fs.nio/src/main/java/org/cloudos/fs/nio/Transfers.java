package org.cloudos.fs.nio;

import java.io.IOException;
import java.nio.file.AtomicMoveNotSupportedException;
import java.nio.file.CopyOption;
import java.nio.file.DirectoryNotEmptyException;
import java.nio.file.DirectoryStream;
import java.nio.file.FileAlreadyExistsException;
import java.nio.file.FileSystemException;
import java.nio.file.LinkOption;
import java.nio.file.NoSuchFileException;
import java.nio.file.Path;
import java.nio.file.StandardCopyOption;
import java.util.List;
import org.cloudos.fs.Attributes;
import org.cloudos.fs.Errno;
import org.cloudos.fs.ExtendedMode;
import org.cloudos.fs.FsException;
import org.cloudos.fs.RenameMode;
import org.cloudos.fs.vfs.OpenFile;
import org.cloudos.fs.vfs.OpenFlag;
import org.cloudos.fs.vfs.OpenHow;

/** Copies and moves, as {@code java.nio.file.Files} describes them. */
final class Transfers {
    private final CloudPath source, target;
    private final CloudFileSystem fileSystem;
    private final boolean replace, keep, atomic, follow;

    Transfers(CloudPath source, CloudPath target, CopyOption... options) {
        this.source = source;
        this.target = target;
        this.fileSystem = source.cloud();
        List<CopyOption> all = List.of(options);
        replace = all.contains(StandardCopyOption.REPLACE_EXISTING);
        keep = all.contains(StandardCopyOption.COPY_ATTRIBUTES);
        atomic = all.contains(StandardCopyOption.ATOMIC_MOVE);
        follow = !all.contains(LinkOption.NOFOLLOW_LINKS);
        for (CopyOption option : all) {
            if (!(option instanceof StandardCopyOption) && !(option instanceof LinkOption)) {
                throw new UnsupportedOperationException(option + " of a copy");
            }
        }
    }

    private CloudAttributes find(CloudPath path, boolean following) throws IOException {
        try {
            return fileSystem.provider().attributes(path, following);
        } catch (NoSuchFileException e) {
            return null;
        }
    }

    private boolean isSame(CloudAttributes from, CloudAttributes there) throws IOException {
        return there != null && from.attributes().node() == there.attributes().node() && volume(source, from).equals(volume(target, there));
    }

    /** A link's own volume is that of its folder. */
    private String volume(CloudPath path, CloudAttributes attributes) throws IOException {
        if (!attributes.volume().isEmpty()) {
            return attributes.volume();
        }
        Path parent = path.toAbsolutePath().getParent();
        return fileSystem.call(path, (vfs, who) -> vfs.mountOf(who, 0, parent.toString()).volume());
    }

    void copy() throws IOException {
        if (atomic) {
            throw new UnsupportedOperationException("ATOMIC_MOVE of a copy");
        }
        CloudAttributes from = fileSystem.provider().attributes(source, follow), there = find(target, false);
        if (isSame(from, there)) {
            return;
        }
        clear(there);
        transfer(from, keep);
    }

    private void clear(CloudAttributes there) throws IOException {
        if (there == null) {
            return;
        }
        if (!replace) {
            throw new FileAlreadyExistsException(target.toString());
        }
        fileSystem.provider().delete(target);
    }

    private void transfer(CloudAttributes from, boolean keeps) throws IOException {
        Attributes a = from.attributes();
        switch (a.type()) {
            case FOLDER -> fileSystem.call(target, (vfs, who) -> vfs.makeFolder(who, 0, target.vfs(), a.mode()));
            case LINK -> fileSystem.call(target, (vfs, who) -> vfs.makeLink(who, vfs.target(who, 0, source.vfs()), 0, target.vfs()));
            case FILE -> fileSystem.call(source, target, (vfs, who) -> {
                OpenHow how = new OpenHow(OpenHow.of(OpenFlag.WRITE, OpenFlag.CREATE, OpenFlag.EXCLUSIVE).flags(), a.mode());
                try (OpenFile in = OpenFile.open(vfs, who, source.vfs(), OpenHow.READ); OpenFile out = OpenFile.open(vfs, who, target.vfs(), how)) {
                    long done = 0;
                    for (long copied = -1; copied != 0; done += copied) {
                        copied = vfs.copy(in.handle(), done, out.handle(), done, 1L << 30);
                    }
                }
                return null;
            });
            default -> fileSystem.call(target, (vfs, who) -> vfs.makeNode(who, 0, target.vfs(), a.type(), a.mode(), a.device()));
        }
        if (keeps && !from.isSymbolicLink()) {
            fileSystem.call(target, (vfs, who) -> {
                for (String name : vfs.extendedNames(who, 0, source.vfs(), true)) {
                    vfs.setExtended(who, 0, target.vfs(), true, name, vfs.extended(who, 0, source.vfs(), true, name), ExtendedMode.SET);
                }
                return vfs.change(who, 0, target.vfs(), true, CloudProvider.times(a));
            });
        }
    }

    void move() throws IOException {
        if (atomic) {
            try {
                rename();
            } catch (FileSystemException e) {
                if (e.getCause() instanceof FsException cause && cause.errno() == Errno.EXDEV) {
                    throw new AtomicMoveNotSupportedException(source.toString(), target.toString(), cause.getMessage());
                }
                throw e instanceof DirectoryNotEmptyException // which is for what is to be replaced first
                        ? new FileSystemException(source.toString(), target.toString(), "Folder not empty") : e;
            }
            return;
        }
        CloudAttributes from = fileSystem.provider().attributes(source, false), there = find(target, false);
        if (isSame(from, there)) {
            return;
        }
        clear(there);
        try {
            rename();
        } catch (FileSystemException e) {
            if (!(e.getCause() instanceof FsException cause) || cause.errno() != Errno.EXDEV) {
                throw e;
            }
            across(from);
        }
    }

    private void rename() throws IOException {
        fileSystem.call(source, target, (vfs, who) -> {
            vfs.rename(who, 0, source.vfs(), 0, target.vfs(), RenameMode.REPLACE);
            return null;
        });
    }

    /** To another volume. A folder with something in it stays where it is. */
    private void across(CloudAttributes from) throws IOException {
        if (from.isDirectory()) {
            try (DirectoryStream<Path> entries = fileSystem.provider().newDirectoryStream(source, p -> true)) {
                if (entries.iterator().hasNext()) {
                    throw new DirectoryNotEmptyException(source.toString());
                }
            }
        }
        transfer(from, true);
        fileSystem.provider().delete(source);
    }
}
