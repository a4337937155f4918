package org.cloudos.hal.memory;

/**
 * A register of 8 bits.
 *
 * @param offset bytes from the start of its block, a multiple of 1
 */
public record Reg8(int offset, boolean readable, boolean writable) {
    public Reg8 {
        if (offset < 0 || offset % 1 != 0) {
            throw new IllegalArgumentException("offset: expected a multiple of 1, found " + offset);
        }
    }

    /** Read-only. */
    public static Reg8 ro(int offset) {
        return new Reg8(offset, true, false);
    }

    /** Write-only. */
    public static Reg8 wo(int offset) {
        return new Reg8(offset, false, true);
    }

    public static Reg8 rw(int offset) {
        return new Reg8(offset, true, true);
    }

    /** The same register of the n-th of several blocks that lie {@code stride} bytes apart. */
    public Reg8 at(int n, int stride) {
        return new Reg8(Math.addExact(offset, Math.multiplyExact(n, stride)), readable, writable);
    }
}
