/**
 * Subsystems, readiness and shutdown. Providers are thread-safe unless a type says otherwise; records are
 * immutable snapshots.
 */
@Export
@Version("1.0.0")
package org.cloudos.kernel;

import org.osgi.annotation.bundle.Export;
import org.osgi.annotation.versioning.Version;
