package org.cloudos.hal.memory;

/**
 * A register of 16 bits.
 *
 * @param offset bytes from the start of its block, a multiple of 2
 */
public record Reg16(int offset, boolean readable, boolean writable) {
    public Reg16 {
        if (offset < 0 || offset % 2 != 0) {
            throw new IllegalArgumentException("offset: expected a multiple of 2, found " + offset);
        }
    }

    /** Read-only. */
    public static Reg16 ro(int offset) {
        return new Reg16(offset, true, false);
    }

    /** Write-only. */
    public static Reg16 wo(int offset) {
        return new Reg16(offset, false, true);
    }

    public static Reg16 rw(int offset) {
        return new Reg16(offset, true, true);
    }

    /** The same register of the n-th of several blocks that lie {@code stride} bytes apart. */
    public Reg16 at(int n, int stride) {
        return new Reg16(Math.addExact(offset, Math.multiplyExact(n, stride)), readable, writable);
    }
}
