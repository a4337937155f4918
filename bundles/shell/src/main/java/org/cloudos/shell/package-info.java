/**
 * The shell for other bundles: open a session on a terminal, and have a command's data shown as a table or JSON.
 * Commands return records or lists of records; {@link org.cloudos.shell.Json} asks for JSON instead of a table.
 */
@Export
@Version("1.0.0")
@Capability(namespace = "cloudos.subsystem", name = "shell")
package org.cloudos.shell;

import org.osgi.annotation.bundle.Capability;
import org.osgi.annotation.bundle.Export;
import org.osgi.annotation.versioning.Version;
