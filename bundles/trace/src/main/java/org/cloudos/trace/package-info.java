/** Traces through OpenTelemetry, and what they and the metrics tell of HTTP services. Nobody outside uses this package. */
@Capability(namespace = "cloudos.subsystem", name = "trace")
package org.cloudos.trace;

import org.osgi.annotation.bundle.Capability;
