package org.cloudos.hal.driver;

import org.osgi.annotation.versioning.ConsumerType;

/** Is told what happens to devices. A service. Called in order, by the thread that made the change: it must be quick. */
@FunctionalInterface
@ConsumerType
public interface DeviceListener {
    void happened(DeviceEvent event);
}
