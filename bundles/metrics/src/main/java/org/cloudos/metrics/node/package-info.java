/** The bundle's components: they wire what the other packages do. */
@Capability(namespace = "cloudos.subsystem", name = "metrics")
package org.cloudos.metrics.node;

import org.osgi.annotation.bundle.Capability;
