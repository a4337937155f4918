package org.cloudos.fs.cloudfs.medium;

import java.util.ArrayList;
import java.util.List;
import java.util.UUID;
import org.cloudos.fs.FsException;
import org.cloudos.fs.cloudfs.format.Crc;
import org.cloudos.fs.cloudfs.format.Layout;
import org.cloudos.fs.cloudfs.format.Le;

/**
 * What one device of a mirror knows of the other, in the blocks {@link Layout#MEMBERS}, twice. All is in the first 512 bytes, so that it is never half
 * written.
 *
 * <pre>
 * 0 magic "CFSMEMBR"(8) · 8 crc32c of the bytes from 12 to 512(4) · 12 zero(4) · 16 volume(16) · 32 own number(1) · 33 incomplete(1)
 * · 34 number of the device that is left out, from 1; 0 for none(1) · 35 earlier states(1) · 36 zero(4) · 40 since, ns since the epoch(8)
 * · 48 state(16) · 64 earlier states, the latest first(16 each)
 * </pre>
 * Devices of one state hold the same. Who goes on alone takes a new state first, and remembers the one before: so a device whose state the other
 * remembers is older, and two of which neither remembers the other's were both written alone. A volume that was never degraded has no such block: its
 * state is zero.
 *
 * @param device     its own number
 * @param incomplete it is being brought up to its state and lacks blocks
 * @param without    the number of the device that is left out, or -1. Nothing else is of this state then
 * @param since      when the state began
 */
public record Membership(UUID volume, int device, boolean incomplete, int without, long since, UUID state, List<UUID> before) {
    static final int BYTES = 512;
    private static final long MAGIC = 0x5242_4D45_4D53_4643L;
    private static final int MOST = (BYTES - 64) / 16;

    /** Of a volume that was never degraded. */
    public static Membership first(UUID volume, int device) {
        return new Membership(volume, device, false, -1, 0, new UUID(0, 0), List.of());
    }

    /** Whether the other was left behind by this one. */
    public boolean outlived(Membership other) {
        return before.contains(other.state);
    }

    Membership alone(int without, UUID fresh, long now) {
        List<UUID> all = new ArrayList<>(before);
        all.addFirst(state);
        return new Membership(volume, device, false, without, now, fresh, List.copyOf(all.subList(0, Math.min(MOST, all.size()))));
    }

    Membership together() {
        return new Membership(volume, device, false, -1, since, state, before);
    }

    /** Of a device that takes part from now on. */
    Membership partner(int number, boolean incomplete) {
        return new Membership(volume, number, incomplete, -1, since, state, before);
    }

    /** The block. */
    public byte[] emit() {
        byte[] b = new byte[Layout.BLOCK];
        Le.i64(b, 0, MAGIC);
        Le.uuid(b, 16, volume);
        b[32] = (byte) device;
        b[33] = (byte) (incomplete ? 1 : 0);
        b[34] = (byte) (without + 1);
        b[35] = (byte) before.size();
        Le.i64(b, 40, since);
        Le.uuid(b, 48, state);
        for (int i = 0; i < before.size(); i++) {
            Le.uuid(b, 64 + 16 * i, before.get(i));
        }
        Le.i32(b, 8, Crc.of(b, 12, BYTES - 12));
        return b;
    }

    /** What a device has of it; null for nothing that is good. */
    public static Membership read(Medium medium, int copy, UUID volume) {
        for (int i = 0; i < 2; i++) {
            try {
                Membership found = parse(medium.readClear(copy, Layout.MEMBERS + i), volume);
                if (found != null) {
                    return found;
                }
            } catch (FsException unreadable) {
                continue;
            }
        }
        return null;
    }

    /** @return null for a block that is none of this volume's */
    public static Membership parse(byte[] b, UUID volume) {
        int count = Le.u8(b, 35);
        if (Le.i64(b, 0) != MAGIC || Le.i32(b, 8) != Crc.of(b, 12, BYTES - 12) || !Le.uuid(b, 16).equals(volume) || b[32] < 0 || b[32] > 1 || b[34] < 0
                || b[34] > 2 || count > MOST) {
            return null;
        }
        List<UUID> before = new ArrayList<>();
        for (int i = 0; i < count; i++) {
            before.add(Le.uuid(b, 64 + 16 * i));
        }
        return new Membership(volume, b[32], b[33] != 0, b[34] - 1, Le.i64(b, 40), Le.uuid(b, 48), List.copyOf(before));
    }
}
