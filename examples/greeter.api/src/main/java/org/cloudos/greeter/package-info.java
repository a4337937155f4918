/** An example of a service's interface: one small package that the provider and its users import. */
@Export
@Version("1.0.0")
package org.cloudos.greeter;

import org.osgi.annotation.bundle.Export;
import org.osgi.annotation.versioning.Version;
