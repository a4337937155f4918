package org.cloudos.drv.nvme;

import org.cloudos.hal.block.BlockStatus;

/**
 * A completion's status field: bits 0 phase · 8:1 code · 11:9 type · 12:13 retry delay · 14 more · 15 do not retry.
 * NVMe Base 2.0 §3.3.3.2.1.
 */
record Status(int bits) {
    private static final int GENERIC = 0, COMMAND_SPECIFIC = 1, MEDIA = 2;

    int code() {
        return bits >>> 1 & 0xff;
    }

    int type() {
        return bits >>> 9 & 7;
    }

    boolean ok() {
        return ok(bits);
    }

    /** Without an object, for the many that are well. */
    static boolean ok(int bits) {
        return (bits & 0xffe) == 0;
    }

    /** As block devices say it. */
    BlockStatus block() {
        if (ok()) {
            return BlockStatus.OK;
        }
        return switch (type()) {
            case GENERIC -> switch (code()) {
                case 0x01 -> BlockStatus.UNSUPPORTED;
                case 0x80 -> BlockStatus.OUT_OF_RANGE;
                case 0x81 -> BlockStatus.NO_SPACE;
                case 0x20 -> BlockStatus.READ_ONLY;
                case 0x07, 0x08 -> BlockStatus.TIMED_OUT;
                default -> BlockStatus.DEVICE_ERROR;
            };
            case COMMAND_SPECIFIC -> code() == 0x82 ? BlockStatus.READ_ONLY : BlockStatus.DEVICE_ERROR;
            case MEDIA -> BlockStatus.MEDIUM_ERROR;
            default -> BlockStatus.DEVICE_ERROR;
        };
    }

    @Override public String toString() {
        return String.format("status type %d, code 0x%02x", type(), code());
    }
}
