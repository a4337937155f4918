/**
 * Alerts: rules over metrics, what they found, and silences. Alerts have the states of Prometheus (inactive, pending,
 * firing) and are told to others in the form of Alertmanager's webhook. All types are thread-safe; records are immutable.
 */
@Export
@Version("1.0.0")
package org.cloudos.metrics.alert;

import org.osgi.annotation.bundle.Export;
import org.osgi.annotation.versioning.Version;
