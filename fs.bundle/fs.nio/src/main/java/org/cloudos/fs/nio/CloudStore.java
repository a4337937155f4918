package org.cloudos.fs.nio;

import java.io.IOException;
import java.nio.file.FileStore;
import java.nio.file.attribute.BasicFileAttributeView;
import java.nio.file.attribute.FileAttributeView;
import java.nio.file.attribute.FileOwnerAttributeView;
import java.nio.file.attribute.FileStoreAttributeView;
import java.nio.file.attribute.PosixFileAttributeView;
import java.nio.file.attribute.UserDefinedFileAttributeView;
import org.cloudos.fs.Space;
import org.cloudos.fs.vfs.MountFlag;
import org.cloudos.fs.vfs.MountInfo;

/** A mounted volume. */
final class CloudStore extends FileStore {
    private final CloudFileSystem fileSystem;
    private final MountInfo mount;

    CloudStore(CloudFileSystem fileSystem, MountInfo mount) {
        this.fileSystem = fileSystem;
        this.mount = mount;
    }

    private Space space() throws IOException {
        return fileSystem.call(fileSystem.getPath(mount.path()), (vfs, who) -> vfs.space(who, mount.path()));
    }

    @Override public String name() {
        return mount.source();
    }

    @Override public String type() {
        return mount.type();
    }

    @Override public boolean isReadOnly() {
        return mount.flags().contains(MountFlag.READ_ONLY);
    }

    @Override public long getTotalSpace() throws IOException {
        return space().bytes();
    }

    @Override public long getUsableSpace() throws IOException {
        return space().available();
    }

    @Override public long getUnallocatedSpace() throws IOException {
        return space().free();
    }

    @Override public long getBlockSize() throws IOException {
        return space().blockSize();
    }

    @Override public boolean supportsFileAttributeView(Class<? extends FileAttributeView> type) {
        return type == BasicFileAttributeView.class || type == PosixFileAttributeView.class || type == FileOwnerAttributeView.class
                || type == UserDefinedFileAttributeView.class;
    }

    @Override public boolean supportsFileAttributeView(String name) {
        return fileSystem.supportedFileAttributeViews().contains(name);
    }

    @Override public <V extends FileStoreAttributeView> V getFileStoreAttributeView(Class<V> type) {
        return null;
    }

    @Override public Object getAttribute(String attribute) throws IOException {
        return switch (attribute) {
            case "totalSpace" -> getTotalSpace();
            case "usableSpace" -> getUsableSpace();
            case "unallocatedSpace" -> getUnallocatedSpace();
            default -> throw new UnsupportedOperationException("attribute " + attribute + " of a file store");
        };
    }

    @Override public boolean equals(Object other) {
        return other instanceof CloudStore o && o.mount.id() == mount.id();
    }

    @Override public int hashCode() {
        return Long.hashCode(mount.id());
    }

    @Override public String toString() {
        return mount.path() + " (" + mount.source() + ")";
    }
}
