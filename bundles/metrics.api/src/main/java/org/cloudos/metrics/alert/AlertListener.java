package org.cloudos.metrics.alert;

import org.osgi.annotation.versioning.ConsumerType;

/** Whiteboard: told of alerts that begin to fire or are resolved, and are not silenced. Must return at once. */
@ConsumerType
public interface AlertListener {
    /** This alert's state is new. */
    void changed(Alert alert);
}
