/**
 * Drivers and what they drive, in the manner of OSGi Device Access: a driver is a service that says how well a device suits it, the
 * best one gets it. Unlike there it can be told to let go, which swapping drivers and giving devices back to Linux need.
 */
@Export
@Version("1.0.0")
package org.cloudos.hal.driver;

import org.osgi.annotation.bundle.Export;
import org.osgi.annotation.versioning.Version;
