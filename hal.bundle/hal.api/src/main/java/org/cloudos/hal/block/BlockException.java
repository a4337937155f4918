package org.cloudos.hal.block;

import java.io.IOException;

/** A request failed. The message names the device, the request and the device's own status where it has one. */
public final class BlockException extends IOException {
    private static final long serialVersionUID = 1L;
    private final BlockStatus status;

    /** @param request what was asked for, such as {@code read of blocks 8 to 15} */
    public BlockException(String device, String request, BlockStatus status) {
        this(device, request, status, "", null);
    }

    /** @param detail the device's own words, such as an NVMe status code; or empty */
    public BlockException(String device, String request, BlockStatus status, String detail, Throwable cause) {
        super(device + ": " + request + ": " + status.meaning() + (detail.isEmpty() ? "" : " (" + detail + ")"), cause);
        this.status = status;
    }

    /** Why. */
    public BlockStatus status() {
        return status;
    }
}
