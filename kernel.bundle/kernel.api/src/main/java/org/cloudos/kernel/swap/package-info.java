/**
 * Bundles put into, replaced in and taken back from a running system. A change is a transaction: all of it
 * happens, or none. One change at a time; a second one waits.
 */
@Export
@Version("1.1.0")
package org.cloudos.kernel.swap;

import org.osgi.annotation.bundle.Export;
import org.osgi.annotation.versioning.Version;
