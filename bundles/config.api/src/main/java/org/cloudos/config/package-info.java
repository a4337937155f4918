/**
 * The system's configuration: one tree of settings, merged from layers, checked as a whole, changed in transactions.
 * A setting's key is {@code SECTION.NAME}: a section is a PID of OSGi's Configuration Admin or its short name
 * ({@code ssh} for {@code org.cloudos.ssh}); an instance of a factory PID is {@code SECTION~INSTANCE}. Services are
 * thread-safe, records are immutable snapshots, and no method returns a secret: only the reference to it.
 */
@Export
@Version("1.0.0")
package org.cloudos.config;

import org.osgi.annotation.bundle.Export;
import org.osgi.annotation.versioning.Version;
