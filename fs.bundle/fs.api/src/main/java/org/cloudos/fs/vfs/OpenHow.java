package org.cloudos.fs.vfs;

import java.util.EnumSet;
import java.util.Set;

/**
 * How a file is opened.
 *
 * @param mode of a new file, before umask or default ACL
 */
public record OpenHow(Set<OpenFlag> flags, int mode) {
    public static final OpenHow READ = of(OpenFlag.READ), PATH = of(OpenFlag.PATH), FOLDER = of(OpenFlag.READ, OpenFlag.FOLDER),
            // As a program that writes a file anew.
            REPLACE = of(OpenFlag.WRITE, OpenFlag.CREATE, OpenFlag.TRUNCATE);

    public OpenHow {
        flags = Set.copyOf(flags);
    }

    /** With mode 0666. */
    public static OpenHow of(OpenFlag first, OpenFlag... more) {
        return new OpenHow(EnumSet.of(first, more), 0666);
    }

    public boolean has(OpenFlag flag) {
        return flags.contains(flag);
    }
}
