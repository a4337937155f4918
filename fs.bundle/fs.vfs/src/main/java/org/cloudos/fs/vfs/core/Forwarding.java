package org.cloudos.fs.vfs.core;

import java.lang.foreign.MemorySegment;
import java.util.List;
import org.cloudos.fs.AllocateMode;
import org.cloudos.fs.AttributeChange;
import org.cloudos.fs.Attributes;
import org.cloudos.fs.EntrySink;
import org.cloudos.fs.ExtendedMode;
import org.cloudos.fs.FileSystem;
import org.cloudos.fs.FsException;
import org.cloudos.fs.NewNode;
import org.cloudos.fs.RenameMode;
import org.cloudos.fs.SeekMode;
import org.cloudos.fs.Space;
import org.cloudos.fs.VolumeInfo;

/** A file system above another one; passes on what a subclass does not do itself. */
abstract class Forwarding implements FileSystem {
    /** The one below. */
    abstract FileSystem below();

    @Override public VolumeInfo info() {
        return below().info();
    }

    @Override public Space space() throws FsException {
        return below().space();
    }

    @Override public Attributes attributes(long node) throws FsException {
        return below().attributes(node);
    }

    @Override public Attributes lookup(long folder, String name) throws FsException {
        return below().lookup(folder, name);
    }

    @Override public long parent(long folder) throws FsException {
        return below().parent(folder);
    }

    @Override public Attributes set(long node, AttributeChange change) throws FsException {
        return below().set(node, change);
    }

    @Override public Attributes create(long folder, String name, NewNode what) throws FsException {
        return below().create(folder, name, what);
    }

    @Override public Attributes createNameless(long folder, NewNode what) throws FsException {
        return below().createNameless(folder, what);
    }

    @Override public Attributes link(long node, long folder, String name) throws FsException {
        return below().link(node, folder, name);
    }

    @Override public void remove(long folder, String name, boolean folderWanted) throws FsException {
        below().remove(folder, name, folderWanted);
    }

    @Override public void rename(long folder, String name, long toFolder, String toName, RenameMode mode) throws FsException {
        below().rename(folder, name, toFolder, toName, mode);
    }

    @Override public String target(long link) throws FsException {
        return below().target(link);
    }

    @Override public void list(long folder, long cookie, EntrySink sink) throws FsException {
        below().list(folder, cookie, sink);
    }

    @Override public long read(long node, long offset, MemorySegment into) throws FsException {
        return below().read(node, offset, into);
    }

    @Override public long write(long node, long offset, MemorySegment from) throws FsException {
        return below().write(node, offset, from);
    }

    @Override public long append(long node, MemorySegment from) throws FsException {
        return below().append(node, from);
    }

    @Override public void allocate(long node, long offset, long length, AllocateMode mode) throws FsException {
        below().allocate(node, offset, length, mode);
    }

    @Override public long seek(long node, long offset, SeekMode mode) throws FsException {
        return below().seek(node, offset, mode);
    }

    @Override public long copy(long node, long offset, long toNode, long toOffset, long length) throws FsException {
        return below().copy(node, offset, toNode, toOffset, length);
    }

    @Override public void share(long node, long offset, long toNode, long toOffset, long length) throws FsException {
        below().share(node, offset, toNode, toOffset, length);
    }

    @Override public void sync(long node, boolean dataOnly) throws FsException {
        below().sync(node, dataOnly);
    }

    @Override public void sync() throws FsException {
        below().sync();
    }

    @Override public byte[] extended(long node, String name) throws FsException {
        return below().extended(node, name);
    }

    @Override public void setExtended(long node, String name, byte[] value, ExtendedMode mode) throws FsException {
        below().setExtended(node, name, value, mode);
    }

    @Override public void removeExtended(long node, String name) throws FsException {
        below().removeExtended(node, name);
    }

    @Override public List<String> extendedNames(long node) throws FsException {
        return below().extendedNames(node);
    }

    @Override public void hold(long node) throws FsException {
        below().hold(node);
    }

    @Override public void drop(long node, long count) {
        below().drop(node, count);
    }
}
