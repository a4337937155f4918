/**
 * Services and units: systemd's unit files and sets of bundles, with their states, dependencies and commands. Names, states and
 * results are those of systemd (systemd.unit(5), systemd.service(5)), spelled as {@code systemctl} prints them. Records are
 * immutable snapshots. Everything here is thread-safe.
 */
@Export
@Version("1.0.0")
package org.cloudos.units;

import org.osgi.annotation.bundle.Export;
import org.osgi.annotation.versioning.Version;
