package org.cloudos.hal.net;

/**
 * What a network device can do.
 *
 * @param address      48 bits, the first byte on the wire highest
 * @param maxFrame     bytes of the largest frame without its check sequence: 1514, or more for jumbo frames and VLAN tags
 * @param queues       pairs of rings
 * @param sendChecksum fills in a TCP or UDP checksum, see {@link NetQueue#send}
 * @param checkedReceive tells of received frames whose TCP or UDP checksum it found right
 * @param vlan         tags and untags by itself
 * @param multicast    groups that its filter holds exactly
 */
public record NetAbilities(long address, int maxFrame, int queues, boolean sendChecksum, boolean checkedReceive, boolean vlan, int multicast) {
    /** The address as {@code 52:54:00:12:34:56}. */
    public String addressText() {
        StringBuilder text = new StringBuilder();
        for (int shift = 40; shift >= 0; shift -= 8) {
            text.append(shift == 40 ? "" : ":").append(String.format("%02x", address >>> shift & 0xff));
        }
        return text.toString();
    }
}
