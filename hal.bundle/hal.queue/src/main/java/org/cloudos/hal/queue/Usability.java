package org.cloudos.hal.queue;

import java.util.Locale;
import org.cloudos.hal.block.BlockStatus;

/** How far a device with queues can be used. */
public enum Usability {
    /** Commands may be given. */
    USABLE,
    /** It is being reset; what was under way is submitted again. */
    RESETTING,
    /** It does not work any more. */
    FAILED,
    /** It was pulled out. */
    GONE,
    /** Its driver has let it go. */
    CLOSED;

    /** How all that is under way ends; null where it can still be done. */
    public BlockStatus end() {
        return switch (this) {
            case GONE, CLOSED -> BlockStatus.GONE;
            case FAILED -> BlockStatus.DEVICE_ERROR;
            case USABLE, RESETTING -> null;
        };
    }

    /** For a person: {@code ok}, or what is wrong. */
    public String condition() {
        return this == USABLE ? "ok" : name().toLowerCase(Locale.ROOT);
    }
}
