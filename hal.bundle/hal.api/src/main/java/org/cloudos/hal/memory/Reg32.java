package org.cloudos.hal.memory;

/**
 * A register of 32 bits.
 *
 * @param offset bytes from the start of its block, a multiple of 4
 */
public record Reg32(int offset, boolean readable, boolean writable) {
    public Reg32 {
        if (offset < 0 || offset % 4 != 0) {
            throw new IllegalArgumentException("offset: expected a multiple of 4, found " + offset);
        }
    }

    /** Read-only. */
    public static Reg32 ro(int offset) {
        return new Reg32(offset, true, false);
    }

    /** Write-only. */
    public static Reg32 wo(int offset) {
        return new Reg32(offset, false, true);
    }

    public static Reg32 rw(int offset) {
        return new Reg32(offset, true, true);
    }

    /** The same register of the n-th of several blocks that lie {@code stride} bytes apart. */
    public Reg32 at(int n, int stride) {
        return new Reg32(Math.addExact(offset, Math.multiplyExact(n, stride)), readable, writable);
    }
}
