package org.cloudos.fs.vfs.core;

import java.lang.foreign.MemorySegment;
import java.util.List;
import org.cloudos.fs.AllocateMode;
import org.cloudos.fs.AttributeChange;
import org.cloudos.fs.Attributes;
import org.cloudos.fs.EntrySink;
import org.cloudos.fs.Errno;
import org.cloudos.fs.ExtendedMode;
import org.cloudos.fs.FileSystem;
import org.cloudos.fs.FsException;
import org.cloudos.fs.NewNode;
import org.cloudos.fs.RenameMode;
import org.cloudos.fs.SeekMode;
import org.cloudos.fs.Space;
import org.cloudos.fs.VolumeInfo;
import org.osgi.framework.ServiceException;

/**
 * A volume's provider, which may go away and come back: {@code ENODEV} meanwhile. A call that its gate cuts off, since the provider is
 * gone for good, ends so too.
 */
final class Attachment implements FileSystem {
    private final String volume;
    private volatile FileSystem service;
    private volatile VolumeInfo info;

    Attachment(String volume) {
        this.volume = volume;
    }

    /** @param now null: it is away */
    void attach(FileSystem now) {
        if (now != null) {
            info = now.info();
        }
        service = now;
    }

    boolean isThere() {
        return service != null;
    }

    private FileSystem service() throws FsException {
        FileSystem now = service;
        if (now == null) {
            throw away();
        }
        return now;
    }

    private FsException away() {
        return new FsException.Refused(Errno.ENODEV, "volume " + volume + ", whose provider is away");
    }

    /** What it was when it was there. */
    @Override public VolumeInfo info() {
        return info;
    }

    @Override public Space space() throws FsException {
        try {
            return service().space();
        } catch (ServiceException e) {
            throw away();
        }
    }

    @Override public Attributes attributes(long node) throws FsException {
        try {
            return service().attributes(node);
        } catch (ServiceException e) {
            throw away();
        }
    }

    @Override public Attributes lookup(long folder, String name) throws FsException {
        try {
            return service().lookup(folder, name);
        } catch (ServiceException e) {
            throw away();
        }
    }

    @Override public long parent(long folder) throws FsException {
        try {
            return service().parent(folder);
        } catch (ServiceException e) {
            throw away();
        }
    }

    @Override public Attributes set(long node, AttributeChange change) throws FsException {
        try {
            return service().set(node, change);
        } catch (ServiceException e) {
            throw away();
        }
    }

    @Override public Attributes create(long folder, String name, NewNode what) throws FsException {
        try {
            return service().create(folder, name, what);
        } catch (ServiceException e) {
            throw away();
        }
    }

    @Override public Attributes createNameless(long folder, NewNode what) throws FsException {
        try {
            return service().createNameless(folder, what);
        } catch (ServiceException e) {
            throw away();
        }
    }

    @Override public Attributes link(long node, long folder, String name) throws FsException {
        try {
            return service().link(node, folder, name);
        } catch (ServiceException e) {
            throw away();
        }
    }

    @Override public void remove(long folder, String name, boolean folderWanted) throws FsException {
        try {
            service().remove(folder, name, folderWanted);
        } catch (ServiceException e) {
            throw away();
        }
    }

    @Override public void rename(long folder, String name, long toFolder, String toName, RenameMode mode) throws FsException {
        try {
            service().rename(folder, name, toFolder, toName, mode);
        } catch (ServiceException e) {
            throw away();
        }
    }

    @Override public String target(long link) throws FsException {
        try {
            return service().target(link);
        } catch (ServiceException e) {
            throw away();
        }
    }

    @Override public void list(long folder, long cookie, EntrySink sink) throws FsException {
        try {
            service().list(folder, cookie, sink);
        } catch (ServiceException e) {
            throw away();
        }
    }

    @Override public long read(long node, long offset, MemorySegment into) throws FsException {
        try {
            return service().read(node, offset, into);
        } catch (ServiceException e) {
            throw away();
        }
    }

    @Override public long write(long node, long offset, MemorySegment from) throws FsException {
        try {
            return service().write(node, offset, from);
        } catch (ServiceException e) {
            throw away();
        }
    }

    @Override public long append(long node, MemorySegment from) throws FsException {
        try {
            return service().append(node, from);
        } catch (ServiceException e) {
            throw away();
        }
    }

    @Override public void allocate(long node, long offset, long length, AllocateMode mode) throws FsException {
        try {
            service().allocate(node, offset, length, mode);
        } catch (ServiceException e) {
            throw away();
        }
    }

    @Override public long seek(long node, long offset, SeekMode mode) throws FsException {
        try {
            return service().seek(node, offset, mode);
        } catch (ServiceException e) {
            throw away();
        }
    }

    @Override public long copy(long node, long offset, long toNode, long toOffset, long length) throws FsException {
        try {
            return service().copy(node, offset, toNode, toOffset, length);
        } catch (ServiceException e) {
            throw away();
        }
    }

    @Override public void share(long node, long offset, long toNode, long toOffset, long length) throws FsException {
        try {
            service().share(node, offset, toNode, toOffset, length);
        } catch (ServiceException e) {
            throw away();
        }
    }

    @Override public void sync(long node, boolean dataOnly) throws FsException {
        try {
            service().sync(node, dataOnly);
        } catch (ServiceException e) {
            throw away();
        }
    }

    @Override public void sync() throws FsException {
        try {
            service().sync();
        } catch (ServiceException e) {
            throw away();
        }
    }

    @Override public byte[] extended(long node, String name) throws FsException {
        try {
            return service().extended(node, name);
        } catch (ServiceException e) {
            throw away();
        }
    }

    @Override public void setExtended(long node, String name, byte[] value, ExtendedMode mode) throws FsException {
        try {
            service().setExtended(node, name, value, mode);
        } catch (ServiceException e) {
            throw away();
        }
    }

    @Override public void removeExtended(long node, String name) throws FsException {
        try {
            service().removeExtended(node, name);
        } catch (ServiceException e) {
            throw away();
        }
    }

    @Override public List<String> extendedNames(long node) throws FsException {
        try {
            return service().extendedNames(node);
        } catch (ServiceException e) {
            throw away();
        }
    }

    @Override public void hold(long node) throws FsException {
        try {
            service().hold(node);
        } catch (ServiceException e) {
            throw away();
        }
    }

    @Override public void drop(long node, long count) {
        FileSystem now = service;
        try {
            if (now != null) {
                now.drop(node, count);
            }
        } catch (ServiceException e) {
            // It is gone, and what was held with it.
        }
    }
}
