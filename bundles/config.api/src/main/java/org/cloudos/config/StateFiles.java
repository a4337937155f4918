package org.cloudos.config;

import java.util.List;
import org.osgi.annotation.versioning.ConsumerType;

/** Files of the data folder that belong into a backup, as a whiteboard service. */
@ConsumerType
public interface StateFiles {
    /**
     * Patterns of {@link java.nio.file.FileSystem#getPathMatcher glob} form below the data folder:
     * {@code units/enabled/*}. Files with secrets or private keys must not be among them.
     */
    List<String> globs();
}
