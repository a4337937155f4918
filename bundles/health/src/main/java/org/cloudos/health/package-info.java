/** Whether this system is well. Nobody outside uses this package. */
@Capability(namespace = "cloudos.subsystem", name = "health")
package org.cloudos.health;

import org.osgi.annotation.bundle.Capability;
