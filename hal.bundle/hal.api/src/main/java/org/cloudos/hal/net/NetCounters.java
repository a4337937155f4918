package org.cloudos.hal.net;

/**
 * What a network device counted.
 *
 * @param dropped  received frames that nobody had room for
 * @param errors   frames that the device says were bad, and answers of it that can't be
 * @param linkChanges up and down
 */
public record NetCounters(long received, long receivedBytes, long sent, long sentBytes, long dropped, long errors, long interrupts, long linkChanges) { }
