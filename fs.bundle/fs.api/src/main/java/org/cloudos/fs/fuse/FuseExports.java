package org.cloudos.fs.fuse;

import java.io.IOException;
import java.util.List;
import java.util.Map;
import org.osgi.annotation.versioning.ProviderType;

/** Mounts volumes into Linux's tree. Thread-safe. */
@ProviderType
public interface FuseExports {
    /** The options of {@link #mount}: name and what it means. */
    Map<String, String> options();

    /**
     * Mounts a volume.
     *
     * @param volume  its {@code FileSystem.VOLUME}; its service is used as long as the mount is there
     * @param folder  of Linux, that is there
     * @param options by name
     * @throws IllegalArgumentException an unknown option or volume: says what was expected
     * @throws IOException              Linux refused
     */
    FuseMount mount(String volume, String folder, Map<String, String> options) throws IOException;

    /**
     * Unmounts.
     *
     * @param force also while programs use it: they get errors from then on
     * @throws IllegalArgumentException nothing of ours is mounted there
     * @throws IOException              Linux refused, since it is in use
     */
    void unmount(String folder, boolean force) throws IOException;

    /** All that is mounted from here. */
    List<FuseMount> mounts();
}
