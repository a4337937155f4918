package org.cloudos.fs.cloudfs.medium;

import java.util.Arrays;
import java.util.stream.IntStream;
import org.cloudos.hal.block.BlockDevice;

/**
 * The devices of a volume by their numbers, and what each is to it. Never changes: another state is another object.
 *
 * @param at      null for a device that is not here
 * @param members those that have all
 * @param readers those that can be read: members first
 */
record Devices(BlockDevice[] at, Role[] roles, int[] members, int[] readers) {
    /** What a device is to its volume. */
    public enum Role {
        /** Has all. */
        MEMBER,
        /** Takes all writes, and lacks older blocks. */
        BEHIND,
        /** Takes nothing: it failed, was taken out, or is not here. */
        OUT
    }

    static Devices of(BlockDevice[] at, Role[] roles) {
        int[] members = IntStream.range(0, at.length).filter(i -> roles[i] == Role.MEMBER).toArray();
        int[] behind = IntStream.range(0, at.length).filter(i -> roles[i] == Role.BEHIND).toArray();
        return new Devices(at, roles, members, IntStream.concat(Arrays.stream(members), Arrays.stream(behind)).toArray());
    }

    /** The same with another device in one place, which may be the one behind the last. */
    Devices with(int number, BlockDevice device, Role role) {
        int count = Math.max(at.length, number + 1);
        BlockDevice[] devices = Arrays.copyOf(at, count);
        Role[] as = Arrays.copyOf(roles, count);
        devices[number] = device;
        as[number] = role;
        return of(devices, as);
    }

    /** Whether another than this one has all. */
    boolean hasOther(int number) {
        return Arrays.stream(members).anyMatch(i -> i != number);
    }
}
