package org.cloudos.linux.file;

import org.cloudos.linux.LinuxException;
import org.osgi.annotation.versioning.ProviderType;

/** Opens what is beneath a folder and nothing else, whatever links and renames others make meanwhile: {@code openat2(2)}. Thread-safe. */
@ProviderType
public interface LinuxFolders {
    /** An open place ({@code O_PATH}): it stays what it is, also when it is moved or its name goes. */
    interface Place extends AutoCloseable {
        /** A path under {@code /proc/self/fd} that leads to this very file or folder, as long as this is open. */
        String path();

        /**
         * Opens a place beneath this folder.
         *
         * @param relative names with slashes; a link in it, or a way out of the folder, is refused. The last one may be a link, and is
         *                 opened itself then.
         * @throws LinuxException as {@code openat2(2)}: {@code ENOENT}, {@code ENOTDIR}, {@code ELOOP} a link, {@code EXDEV} a way out
         */
        Place open(String relative) throws LinuxException;

        @Override void close();
    }

    /** Opens a folder; links in its path are followed. */
    Place open(String folder) throws LinuxException;
}
