package org.cloudos.hal.net;

/**
 * The link.
 *
 * @param up       frames pass
 * @param megabits a second; 0 where the device doesn't say
 */
public record LinkState(boolean up, int megabits, boolean fullDuplex) { }
