package org.cloudos.fs.vfs;

import org.osgi.annotation.versioning.ProviderType;

/** One tree of files. The service; see the package. */
@ProviderType
public interface Vfs extends Paths, Handles, Mounts, Locks, Watches { }
