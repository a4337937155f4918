package org.cloudos.fs.hostfs;

import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.file.Files;
import java.nio.file.attribute.UserDefinedFileAttributeView;
import java.util.List;
import org.cloudos.fs.Errno;
import org.cloudos.fs.ExtendedMode;
import org.cloudos.fs.FsException;
import org.cloudos.fs.FsException.Refused;

/** Extended attributes of the machine's files: those of the namespace {@code user}, which are all that the JDK reaches. */
final class HostExtended {
    private static final String USER = "user.";
    private final HostNodes nodes;

    HostExtended(HostNodes nodes) {
        this.nodes = nodes;
    }

    private interface Use<T> {
        T of(UserDefinedFileAttributeView view, String name, boolean there) throws IOException;
    }

    private <T> T use(long node, String name, Use<T> use) throws FsException {
        if (!name.startsWith(USER)) {
            throw new Refused(Errno.EOPNOTSUPP, "attribute " + name + " in a folder of the machine");
        }
        return nodes.use(node, path -> {
            UserDefinedFileAttributeView view = Files.getFileAttributeView(path, UserDefinedFileAttributeView.class);
            String plain = name.substring(USER.length());
            return use.of(view, plain, view.list().contains(plain));
        });
    }

    private static Refused missing(String name) {
        return new Refused(Errno.ENODATA, "attribute " + name);
    }

    byte[] get(long node, String name) throws FsException {
        return use(node, name, (view, plain, there) -> {
            if (!there) {
                throw missing(name);
            }
            ByteBuffer value = ByteBuffer.allocate(view.size(plain));
            view.read(plain, value);
            return value.array();
        });
    }

    void set(long node, String name, byte[] value, ExtendedMode mode) throws FsException {
        use(node, name, (view, plain, there) -> {
            if (there && mode == ExtendedMode.CREATE) {
                throw new Refused(Errno.EEXIST, "attribute " + name);
            }
            if (!there && mode == ExtendedMode.REPLACE) {
                throw missing(name);
            }
            return view.write(plain, ByteBuffer.wrap(value));
        });
    }

    void remove(long node, String name) throws FsException {
        use(node, name, (view, plain, there) -> {
            if (!there) {
                throw missing(name);
            }
            view.delete(plain);
            return null;
        });
    }

    List<String> names(long node) throws FsException {
        return nodes.use(node, path -> Files.getFileAttributeView(path, UserDefinedFileAttributeView.class).list().stream().map(n -> USER + n)
                .toList());
    }
}
