package org.cloudos.units;

import org.osgi.annotation.versioning.ConsumerType;

/** Told of changes; a service of this type is found by itself. Must return at once and not call {@link Units}. */
@ConsumerType
public interface UnitListener {
    /** A unit's {@code active} or {@code sub} state changed. */
    void changed(UnitEvent event);
}
