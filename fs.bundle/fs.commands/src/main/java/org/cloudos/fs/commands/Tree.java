package org.cloudos.fs.commands;

import java.io.InputStream;
import java.io.IOException;
import java.io.OutputStream;
import java.lang.foreign.MemorySegment;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.List;
import org.cloudos.fs.AttributeChange;
import org.cloudos.fs.Attributes;
import org.cloudos.fs.Errno;
import org.cloudos.fs.ExtendedMode;
import org.cloudos.fs.FsException;
import org.cloudos.fs.NodeType;
import org.cloudos.fs.SeekMode;
import org.cloudos.fs.vfs.Caller;
import org.cloudos.fs.vfs.OpenFile;
import org.cloudos.fs.vfs.OpenFlag;
import org.cloudos.fs.vfs.OpenHow;
import org.cloudos.fs.vfs.Vfs;

/** What several commands do with files and folders. */
final class Tree {
    static final Caller WHO = Caller.SYSTEM;
    private static final int BUFFER = 1 << 18;

    /** An entry of a folder. */
    record Entry(String name, String path, Attributes attributes) { }

    /** Takes what is found, folders before what is in them. */
    @FunctionalInterface
    interface Visitor {
        /** @return false to stay out of the folder */
        boolean visit(String path, Attributes attributes, int depth) throws IOException;
    }

    final Vfs vfs;

    Tree(Vfs vfs) {
        this.vfs = vfs;
    }

    Attributes attributes(String path, boolean follow) throws FsException {
        return vfs.attributes(WHO, 0, path, follow);
    }

    /** @return null when it is not there */
    Attributes find(String path, boolean follow) throws FsException {
        try {
            return attributes(path, follow);
        } catch (FsException e) {
            if (e.errno() == Errno.ENOENT) {
                return null;
            }
            throw e;
        }
    }

    static String join(String folder, String name) {
        return folder.endsWith("/") ? folder + name : folder + "/" + name;
    }

    static String name(String path) {
        String plain = path.replaceAll("/+$", "");
        return plain.substring(plain.lastIndexOf('/') + 1);
    }

    /** By name. */
    List<Entry> list(String folder) throws FsException {
        List<String> names = new ArrayList<>();
        try (OpenFile open = OpenFile.open(vfs, WHO, folder, OpenHow.FOLDER)) {
            open.list(0, (name, node, type, cookie) -> names.add(name));
        }
        List<Entry> entries = new ArrayList<>();
        for (String name : names) {
            Attributes attributes = find(join(folder, name), false);
            if (attributes != null) { // else it went meanwhile
                entries.add(new Entry(name, join(folder, name), attributes));
            }
        }
        entries.sort(Comparator.comparing(Entry::name));
        return entries;
    }

    void walk(String path, Visitor visitor) throws IOException {
        walk(path, attributes(path, false), 0, visitor);
    }

    private void walk(String path, Attributes attributes, int depth, Visitor visitor) throws IOException {
        if (Thread.currentThread().isInterrupted()) {
            throw new FsException.Refused(Errno.EINTR, path);
        }
        if (visitor.visit(path, attributes, depth) && attributes.isFolder()) {
            for (Entry entry : list(path)) {
                walk(entry.path, entry.attributes, depth + 1, visitor);
            }
        }
    }

    void remove(String path) throws IOException {
        Attributes attributes = attributes(path, false);
        if (attributes.isFolder()) {
            for (Entry entry : list(path)) {
                remove(entry.path);
            }
        }
        vfs.remove(WHO, 0, path, attributes.isFolder());
    }

    /** Whole, with times, owners, attributes; holes stay holes, and blocks are shared where they can be. */
    void copy(String from, String to, boolean recursive, boolean keep) throws IOException {
        Attributes source = attributes(from, !recursive);
        switch (source.type()) {
            case FOLDER -> {
                if (!recursive) {
                    throw new FsException.Refused(Errno.EISDIR, from + " without -r");
                }
                Attributes there = find(to, true);
                if (there == null) {
                    vfs.makeFolder(WHO, 0, to, source.mode() | 0700);
                }
                for (Entry entry : list(from)) {
                    copy(entry.path, join(to, entry.name), true, keep);
                }
            }
            case LINK -> vfs.makeLink(WHO, vfs.target(WHO, 0, from), 0, to);
            case FILE -> copyFile(from, to, source);
            default -> vfs.makeNode(WHO, 0, to, source.type(), source.mode(), source.device());
        }
        if (keep && source.type() != NodeType.LINK) {
            keep(from, to, source);
        }
    }

    private void copyFile(String from, String to, Attributes source) throws FsException {
        OpenHow how = new OpenHow(OpenHow.REPLACE.flags(), source.mode());
        try (OpenFile in = OpenFile.open(vfs, WHO, from, OpenHow.READ)) {
            Attributes target = find(to, true);
            if (target != null && target.node() == source.node() && vfs.mountOf(WHO, 0, to).volume().equals(vfs.mountOf(WHO, 0, from).volume())) {
                throw new FsException.Refused(Errno.EINVAL, from + " and " + to + " are one file");
            }
            try (OpenFile out = OpenFile.open(vfs, WHO, to, how)) {
                try {
                    vfs.share(in.handle(), 0, out.handle(), 0, 0);
                } catch (FsException e) {
                    copyData(in, out, source.size());
                }
            }
        }
    }

    private void copyData(OpenFile in, OpenFile out, long size) throws FsException {
        for (long at = 0; at < size;) {
            long data, end;
            try {
                data = vfs.seek(in.handle(), at, SeekMode.DATA);
                end = vfs.seek(in.handle(), data, SeekMode.HOLE);
            } catch (FsException e) {
                if (e.errno() == Errno.ENXIO) {
                    break; // a hole to the end
                }
                if (e.errno() != Errno.EOPNOTSUPP) {
                    throw e;
                }
                data = at;
                end = size;
            }
            for (at = data; at < end;) {
                long copied = vfs.copy(in.handle(), at, out.handle(), at, end - at);
                if (copied == 0) {
                    break;
                }
                at += copied;
            }
        }
        out.size(size);
    }

    private void keep(String from, String to, Attributes source) throws FsException {
        for (String name : vfs.extendedNames(WHO, 0, from, true)) {
            vfs.setExtended(WHO, 0, to, true, name, vfs.extended(WHO, 0, from, true, name), ExtendedMode.SET);
        }
        vfs.change(WHO, 0, to, true, AttributeChange.owner(source.uid(), source.gid()));
        vfs.change(WHO, 0, to, true, new AttributeChange(source.mode(), null, null, null, source.accessed(), source.modified(), null));
    }

    InputStream read(String path) throws FsException {
        OpenFile file = OpenFile.open(vfs, WHO, path, OpenHow.READ);
        if (file.attributes().isFolder()) {
            file.close();
            throw new FsException.Refused(Errno.EISDIR, path);
        }
        return new InputStream() {
            private long at;

            @Override public int read() throws IOException {
                byte[] one = new byte[1];
                return read(one, 0, 1) < 0 ? -1 : one[0] & 0xFF;
            }

            @Override public int read(byte[] into, int offset, int length) throws IOException {
                if (length == 0) {
                    return 0;
                }
                long read = file.read(at, MemorySegment.ofArray(into).asSlice(offset, length));
                at += read;
                return read == 0 ? -1 : (int) read;
            }

            @Override public void close() throws IOException {
                file.close();
            }
        };
    }

    void write(String path, InputStream from, boolean append) throws IOException {
        OpenHow how = append ? OpenHow.of(OpenFlag.WRITE, OpenFlag.CREATE, OpenFlag.APPEND) : OpenHow.REPLACE;
        try (OpenFile file = OpenFile.open(vfs, WHO, path, how)) {
            byte[] buffer = new byte[BUFFER];
            for (int read = from.read(buffer); read >= 0; read = from.read(buffer)) {
                file.write(org.cloudos.fs.vfs.Handles.POSITION, MemorySegment.ofArray(buffer).asSlice(0, read));
            }
        }
    }

    void print(String path, OutputStream to) throws IOException {
        try (InputStream in = read(path)) {
            in.transferTo(to);
        }
    }
}
