package org.cloudos.fs.cloudfs.format;

import java.lang.invoke.MethodHandles;
import java.lang.invoke.VarHandle;
import java.nio.ByteOrder;
import java.util.UUID;

/** Little-endian fields of byte arrays, at any alignment. */
public final class Le {
    private static final VarHandle LONG = MethodHandles.byteArrayViewVarHandle(long[].class, ByteOrder.LITTLE_ENDIAN);
    private static final VarHandle INT = MethodHandles.byteArrayViewVarHandle(int[].class, ByteOrder.LITTLE_ENDIAN);
    private static final VarHandle SHORT = MethodHandles.byteArrayViewVarHandle(short[].class, ByteOrder.LITTLE_ENDIAN);

    private Le() { }

    public static long i64(byte[] b, int at) {
        return (long) LONG.get(b, at);
    }

    public static void i64(byte[] b, int at, long value) {
        LONG.set(b, at, value);
    }

    public static int i32(byte[] b, int at) {
        return (int) INT.get(b, at);
    }

    public static void i32(byte[] b, int at, int value) {
        INT.set(b, at, value);
    }

    public static int u16(byte[] b, int at) {
        return (short) SHORT.get(b, at) & 0xFFFF;
    }

    public static void u16(byte[] b, int at, int value) {
        SHORT.set(b, at, (short) value);
    }

    public static int u8(byte[] b, int at) {
        return b[at] & 0xFF;
    }

    /** Stored as its 16 bytes in the order that its text has. */
    public static UUID uuid(byte[] b, int at) {
        return new UUID(Long.reverseBytes(i64(b, at)), Long.reverseBytes(i64(b, at + 8)));
    }

    public static void uuid(byte[] b, int at, UUID value) {
        i64(b, at, Long.reverseBytes(value.getMostSignificantBits()));
        i64(b, at + 8, Long.reverseBytes(value.getLeastSignificantBits()));
    }
}
