package org.cloudos.hal.driver;

import java.util.Map;

/**
 * A device and its driver.
 *
 * @param address     on its bus; {@code virtual/NAME} for one that is made of something else
 * @param parent      address of the bridge that it is behind, or empty
 * @param device      what drivers match: vendor and device in hexadecimal, or a platform device's first name
 * @param kind        what its class is, in words
 * @param driver      ours, or {@code linux:NAME}, or empty
 * @param version     of our driver's bundle, or empty
 * @param state       {@code attached}, {@code linux}, {@code free} or {@code failed}
 * @param offers      names of what it offers
 * @param users       bundles that use what it offers
 * @param description in the device's own words, or why it failed
 */
public record DeviceState(String address, String parent, String device, String kind, String driver, String version, String state, String offers,
        int users, String description, Map<String, Long> counters) { }
