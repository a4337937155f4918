package org.cloudos.fs.nio;

import java.nio.file.attribute.FileTime;
import java.nio.file.attribute.GroupPrincipal;
import java.nio.file.attribute.PosixFileAttributes;
import java.nio.file.attribute.PosixFilePermission;
import java.nio.file.attribute.UserPrincipal;
import java.time.Instant;
import java.util.EnumSet;
import java.util.Set;
import org.cloudos.fs.Attributes;
import org.cloudos.fs.NodeType;

/** A file's attributes. */
record CloudAttributes(Attributes attributes, String volume) implements PosixFileAttributes {
    /** Tells files apart. */
    record Key(String volume, long node) { }

    private static final PosixFilePermission[] PERMISSIONS = PosixFilePermission.values();

    static FileTime time(long nanos) {
        return FileTime.from(Instant.ofEpochSecond(Math.floorDiv(nanos, 1_000_000_000L), Math.floorMod(nanos, 1_000_000_000L)));
    }

    static long nanos(FileTime time) {
        Instant instant = time.toInstant();
        return Math.addExact(Math.multiplyExact(instant.getEpochSecond(), 1_000_000_000L), instant.getNano());
    }

    static Set<PosixFilePermission> permissions(int mode) {
        Set<PosixFilePermission> permissions = EnumSet.noneOf(PosixFilePermission.class);
        for (int i = 0; i < PERMISSIONS.length; i++) {
            if ((mode >> 8 - i & 1) != 0) {
                permissions.add(PERMISSIONS[i]);
            }
        }
        return permissions;
    }

    static int mode(Set<PosixFilePermission> permissions) {
        int mode = 0;
        for (PosixFilePermission permission : permissions) {
            mode |= 1 << 8 - permission.ordinal();
        }
        return mode;
    }

    @Override public FileTime lastModifiedTime() {
        return time(attributes.modified());
    }

    @Override public FileTime lastAccessTime() {
        return time(attributes.accessed());
    }

    @Override public FileTime creationTime() {
        return time(attributes.born());
    }

    FileTime changeTime() {
        return time(attributes.changed());
    }

    @Override public boolean isRegularFile() {
        return attributes.type() == NodeType.FILE;
    }

    @Override public boolean isDirectory() {
        return attributes.isFolder();
    }

    @Override public boolean isSymbolicLink() {
        return attributes.type() == NodeType.LINK;
    }

    @Override public boolean isOther() {
        return !isRegularFile() && !isDirectory() && !isSymbolicLink();
    }

    @Override public long size() {
        return attributes.size();
    }

    @Override public Object fileKey() {
        return new Key(volume, attributes.node());
    }

    @Override public UserPrincipal owner() {
        return new Principals.User(attributes.uid());
    }

    @Override public GroupPrincipal group() {
        return new Principals.Group(attributes.gid());
    }

    @Override public Set<PosixFilePermission> permissions() {
        return permissions(attributes.mode());
    }
}
