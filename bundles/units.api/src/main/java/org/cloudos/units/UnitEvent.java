package org.cloudos.units;

import java.time.Instant;

/**
 * A unit changed its state.
 *
 * @param before the active state before
 * @param result {@code success}, or why it failed
 */
public record UnitEvent(Instant at, String unit, UnitStatus.Active before, UnitStatus.Active active, String sub, String result) { }
