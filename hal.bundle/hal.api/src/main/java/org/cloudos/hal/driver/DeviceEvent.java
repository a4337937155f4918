package org.cloudos.hal.driver;

import java.time.Instant;

/**
 * Something happened to a device.
 *
 * @param address of the device, or the name of one that has none
 * @param what    {@code came}, {@code went}, {@code attached}, {@code detached}, {@code failed}
 * @param detail  the driver, or why
 */
public record DeviceEvent(Instant time, String address, String what, String detail) { }
