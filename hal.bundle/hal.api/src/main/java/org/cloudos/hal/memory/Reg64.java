package org.cloudos.hal.memory;

/**
 * A register of 64 bits.
 *
 * @param offset bytes from the start of its block, a multiple of 8
 */
public record Reg64(int offset, boolean readable, boolean writable) {
    public Reg64 {
        if (offset < 0 || offset % 8 != 0) {
            throw new IllegalArgumentException("offset: expected a multiple of 8, found " + offset);
        }
    }

    /** Read-only. */
    public static Reg64 ro(int offset) {
        return new Reg64(offset, true, false);
    }

    /** Write-only. */
    public static Reg64 wo(int offset) {
        return new Reg64(offset, false, true);
    }

    public static Reg64 rw(int offset) {
        return new Reg64(offset, true, true);
    }

    /** The same register of the n-th of several blocks that lie {@code stride} bytes apart. */
    public Reg64 at(int n, int stride) {
        return new Reg64(Math.addExact(offset, Math.multiplyExact(n, stride)), readable, writable);
    }
}
