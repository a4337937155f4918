package org.cloudos.fs.nio;

import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.file.FileSystemException;
import java.nio.file.attribute.UserDefinedFileAttributeView;
import java.util.List;
import org.cloudos.fs.ExtendedMode;

/** Extended attributes of the namespace {@code user}. */
final class UserView implements UserDefinedFileAttributeView {
    private static final String PREFIX = "user.";
    private final CloudPath path;
    private final boolean follow;

    UserView(CloudPath path, boolean follow) {
        this.path = path;
        this.follow = follow;
    }

    @Override public String name() {
        return "user";
    }

    @Override public List<String> list() throws IOException {
        return path.cloud().call(path, (vfs, who) -> vfs.extendedNames(who, 0, path.vfs(), follow)).stream()
                .filter(n -> n.startsWith(PREFIX)).map(n -> n.substring(PREFIX.length())).toList();
    }

    byte[] value(String name) throws IOException {
        return path.cloud().call(path, (vfs, who) -> vfs.extended(who, 0, path.vfs(), follow, PREFIX + name));
    }

    @Override public int size(String name) throws IOException {
        return value(name).length;
    }

    @Override public int read(String name, ByteBuffer into) throws IOException {
        byte[] value = value(name);
        if (value.length > into.remaining()) {
            throw new FileSystemException(path.toString(), null, "attribute " + name + " of " + value.length + " bytes, space for " + into.remaining());
        }
        into.put(value);
        return value.length;
    }

    @Override public int write(String name, ByteBuffer from) throws IOException {
        byte[] value = new byte[from.remaining()];
        from.get(value);
        path.cloud().call(path, (vfs, who) -> {
            vfs.setExtended(who, 0, path.vfs(), follow, PREFIX + name, value, ExtendedMode.SET);
            return null;
        });
        return value.length;
    }

    @Override public void delete(String name) throws IOException {
        path.cloud().call(path, (vfs, who) -> {
            vfs.removeExtended(who, 0, path.vfs(), follow, PREFIX + name);
            return null;
        });
    }
}
