/** The shell and deployment over SSH. Nobody outside uses this package. */
@Capability(namespace = "cloudos.subsystem", name = "ssh")
package org.cloudos.ssh;

import org.osgi.annotation.bundle.Capability;
