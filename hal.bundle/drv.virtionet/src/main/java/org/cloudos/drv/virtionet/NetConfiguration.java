package org.cloudos.drv.virtionet;

import org.cloudos.hal.DeviceException;
import org.cloudos.hal.DeviceException.Reason;
import org.cloudos.hal.memory.Mmio;
import org.cloudos.hal.memory.Reg16;
import org.cloudos.hal.memory.Reg8;

/** A network device's configuration and feature bits. Virtio 1.2 §5.1.3, §5.1.4. */
record NetConfiguration(long address, int pairs, int mtu) {
    static final long CHECKSUM = 1, GUEST_CHECKSUM = 1 << 1, MTU = 1 << 3, MAC = 1 << 5, MERGEABLE = 1 << 15, STATUS = 1 << 16, CONTROL = 1 << 17,
            CONTROL_RECEIVE = 1 << 18, PAIRS = 1 << 22, CONTROL_MAC = 1 << 23;
    private static final Reg8 FIRST_BYTE = Reg8.ro(0);
    private static final Reg16 LINK = Reg16.ro(6), MOST_PAIRS = Reg16.ro(8), MTU_BYTES = Reg16.ro(10);
    private static final int ETHERNET_MTU = 1500, LARGEST_MTU = 16_000;

    /** @param features agreed on; each has its field, behind the ones before */
    static NetConfiguration read(Mmio c, long features, String name) throws DeviceException {
        int bytes = (features & MTU) != 0 ? 12 : (features & PAIRS) != 0 ? 10 : (features & STATUS) != 0 ? 8 : 6;
        if (c == null || c.size() < bytes) {
            throw new DeviceException(Reason.MALFORMED, name + ": expected a configuration of at least " + bytes + " bytes, found "
                    + (c == null ? 0 : c.size()));
        }
        long address = 0;
        for (int i = 0; i < 6; i++) {
            address = address << 8 | c.read(FIRST_BYTE.at(i, 1));
        }
        int pairs = (features & PAIRS) != 0 ? Math.max(1, c.read(MOST_PAIRS)) : 1;
        int mtu = (features & MTU) != 0 ? Math.clamp(c.read(MTU_BYTES), 68, LARGEST_MTU) : ETHERNET_MTU;
        return new NetConfiguration(address, pairs, mtu);
    }

    static boolean linkUp(Mmio c, long features) {
        return (features & STATUS) == 0 || (c.read(LINK) & 1) != 0;
    }
}
