/** Linux's end of file systems that are served by programs: mounting them, and the channel that requests come through (fuse(4)). */
@Export
@Version("1.1.0")
package org.cloudos.linux.fuse;

import org.osgi.annotation.bundle.Export;
import org.osgi.annotation.versioning.Version;
