package org.cloudos.units.engine;

import java.util.Locale;
import java.util.Optional;
import org.cloudos.units.UnitStatus.Active;

/** What jobs do. */
enum JobType {
    START, VERIFY_ACTIVE, STOP, RELOAD, RELOAD_OR_START, RESTART, TRY_RESTART, TRY_RELOAD, NOP;

    /** One job that does the work of both; empty when they exclude each other. Neither is one of those that {@link #collapse} resolves. */
    Optional<JobType> merge(JobType other) {
        if (this == other) {
            return Optional.of(this);
        }
        if (this == NOP || other == NOP) {
            return Optional.of(this == NOP ? other : this);
        }
        if (ordinal() > other.ordinal()) {
            return other.merge(this);
        }
        return Optional.ofNullable(switch (this) {
            case START -> switch (other) {
                case VERIFY_ACTIVE -> START;
                case RELOAD, RELOAD_OR_START -> RELOAD_OR_START;
                case RESTART -> RESTART;
                default -> null;
            };
            case VERIFY_ACTIVE -> other == STOP ? null : other;
            case RELOAD -> other == RESTART ? RESTART : other == RELOAD_OR_START ? RELOAD_OR_START : null;
            case RELOAD_OR_START -> other == RESTART ? RESTART : null;
            default -> null;
        });
    }

    /** What it comes to in the unit's state of now. */
    JobType collapse(Active active) {
        boolean down = active.down() || active == Active.DEACTIVATING;
        return switch (this) {
            case TRY_RESTART -> down ? NOP : RESTART;
            case TRY_RELOAD -> down ? NOP : RELOAD;
            case RELOAD_OR_START -> down ? START : RELOAD;
            default -> this;
        };
    }

    /** Whether there is nothing to do for it. */
    boolean redundant(Active active) {
        return switch (this) {
            case START, VERIFY_ACTIVE -> active.up();
            case STOP -> active.down();
            case NOP -> true;
            default -> false;
        };
    }

    @Override public String toString() {
        return name().toLowerCase(Locale.ROOT).replace('_', '-');
    }
}
