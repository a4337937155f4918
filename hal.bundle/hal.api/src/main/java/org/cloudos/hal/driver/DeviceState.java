package org.cloudos.hal.driver;

import java.util.Map;

/**
 * A device and its driver.
 *
 * @param device      vendor and device, hexadecimal
 * @param kind        what its class is, in words
 * @param driver      ours, or {@code linux:NAME}, or empty
 * @param version     of our driver's bundle, or empty
 * @param state       {@code attached}, {@code linux}, {@code free} or {@code failed}
 * @param offers      names of what it offers
 * @param description in the device's own words, or why it failed
 */
public record DeviceState(String address, String device, String kind, String driver, String version, String state, String offers,
        String description, Map<String, Long> counters) { }
