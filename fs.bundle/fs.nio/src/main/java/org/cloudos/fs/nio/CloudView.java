package org.cloudos.fs.nio;

import java.io.IOException;
import java.nio.file.attribute.FileTime;
import java.nio.file.attribute.GroupPrincipal;
import java.nio.file.attribute.PosixFileAttributeView;
import java.nio.file.attribute.PosixFilePermission;
import java.nio.file.attribute.UserPrincipal;
import java.util.HashMap;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Map;
import java.util.Set;
import org.cloudos.fs.AttributeChange;
import org.cloudos.fs.Attributes;

/** Views of a file's attributes: basic, owner, posix and unix are one, with more or fewer names. */
final class CloudView implements PosixFileAttributeView {
    private static final List<String> BASIC = List.of("lastModifiedTime", "lastAccessTime", "creationTime", "size", "isRegularFile", "isDirectory",
            "isSymbolicLink", "isOther", "fileKey"), POSIX = List.of("permissions", "owner", "group"),
            UNIX = List.of("mode", "ino", "dev", "rdev", "nlink", "uid", "gid", "ctime");

    private final CloudPath path;
    private final boolean follow;
    private final String name;

    CloudView(CloudPath path, boolean follow, String name) {
        this.path = path;
        this.follow = follow;
        this.name = name;
    }

    @Override public String name() {
        return name;
    }

    @Override public CloudAttributes readAttributes() throws IOException {
        return path.cloud().call(path, (vfs, who) -> {
            Attributes a = vfs.attributes(who, 0, path.vfs(), follow);
            return new CloudAttributes(a, a.type() == org.cloudos.fs.NodeType.LINK ? "" : vfs.mountOf(who, 0, path.vfs()).volume());
        });
    }

    private void change(AttributeChange change) throws IOException {
        path.cloud().call(path, (vfs, who) -> vfs.change(who, 0, path.vfs(), follow, change));
    }

    /** Creation times are the volume's own. */
    @Override public void setTimes(FileTime modified, FileTime accessed, FileTime created) throws IOException {
        if (modified != null || accessed != null) {
            change(AttributeChange.times(accessed == null ? null : CloudAttributes.nanos(accessed),
                    modified == null ? null : CloudAttributes.nanos(modified)));
        }
    }

    @Override public UserPrincipal getOwner() throws IOException {
        return readAttributes().owner();
    }

    @Override public void setOwner(UserPrincipal owner) throws IOException {
        change(new AttributeChange(null, Principals.id(owner), null, null, null, null, null));
    }

    @Override public void setGroup(GroupPrincipal group) throws IOException {
        change(new AttributeChange(null, null, Principals.id(group), null, null, null, null));
    }

    @Override public void setPermissions(Set<PosixFilePermission> permissions) throws IOException {
        int special = readAttributes().attributes().mode() & 07000;
        change(AttributeChange.mode(special | CloudAttributes.mode(permissions)));
    }

    // ---- by name

    private Set<String> names() {
        Set<String> names = new LinkedHashSet<>();
        if (name.equals("owner")) {
            names.add("owner");
            return names;
        }
        names.addAll(BASIC);
        if (!name.equals("basic")) {
            names.addAll(POSIX);
        }
        if (name.equals("unix")) {
            names.addAll(UNIX);
        }
        return names;
    }

    Map<String, Object> read(String list) throws IOException {
        CloudAttributes attributes = readAttributes();
        Map<String, Object> read = new HashMap<>();
        for (String wanted : list.split(",")) {
            if (wanted.equals("*")) {
                names().forEach(n -> read.put(n, value(attributes, n)));
            } else if (names().contains(wanted)) {
                read.put(wanted, value(attributes, wanted));
            } else {
                throw new IllegalArgumentException("attribute \"" + wanted + "\" of view " + name);
            }
        }
        return read;
    }

    private static Object value(CloudAttributes view, String wanted) {
        Attributes a = view.attributes();
        return switch (wanted) {
            case "lastModifiedTime" -> view.lastModifiedTime();
            case "lastAccessTime" -> view.lastAccessTime();
            case "creationTime" -> view.creationTime();
            case "size" -> view.size();
            case "isRegularFile" -> view.isRegularFile();
            case "isDirectory" -> view.isDirectory();
            case "isSymbolicLink" -> view.isSymbolicLink();
            case "isOther" -> view.isOther();
            case "fileKey" -> view.fileKey();
            case "permissions" -> view.permissions();
            case "owner" -> view.owner();
            case "group" -> view.group();
            case "mode" -> a.stMode();
            case "ino" -> a.node();
            case "dev" -> (long) view.volume().hashCode() & 0xFFFFFFFFL;
            case "rdev" -> (long) a.device();
            case "nlink" -> (int) a.links();
            case "uid" -> a.uid();
            case "gid" -> a.gid();
            default -> view.changeTime();
        };
    }

    @SuppressWarnings("unchecked")
    void set(String attribute, Object value) throws IOException {
        if (!names().contains(attribute)) {
            throw new IllegalArgumentException("attribute \"" + attribute + "\" of view " + name);
        }
        switch (attribute) {
            case "lastModifiedTime" -> setTimes((FileTime) value, null, null);
            case "lastAccessTime" -> setTimes(null, (FileTime) value, null);
            case "creationTime" -> setTimes(null, null, (FileTime) value);
            case "permissions" -> setPermissions((Set<PosixFilePermission>) value);
            case "owner" -> setOwner((UserPrincipal) value);
            case "group" -> setGroup((GroupPrincipal) value);
            case "mode" -> change(AttributeChange.mode((Integer) value & 07777));
            case "uid" -> change(new AttributeChange(null, (Integer) value, null, null, null, null, null));
            case "gid" -> change(new AttributeChange(null, null, (Integer) value, null, null, null, null));
            default -> throw new IllegalArgumentException("attribute \"" + attribute + "\" can't be set");
        }
    }
}
