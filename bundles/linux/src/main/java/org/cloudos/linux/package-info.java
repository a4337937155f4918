/**
 * What CloudOS asks of the Linux kernel beyond what the JDK offers. Thread-safe. Errors carry the call's name and
 * {@code errno} as {@code errno(3)} names it.
 */
@Export
@Version("1.0.0")
package org.cloudos.linux;

import org.osgi.annotation.bundle.Export;
import org.osgi.annotation.versioning.Version;
