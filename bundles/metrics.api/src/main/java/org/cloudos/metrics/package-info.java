/**
 * Metrics in the data model of Prometheus: counters, gauges and histograms with labels. Names, labels and units follow
 * the Prometheus exposition format and OpenMetrics 1.0: base units (seconds, bytes, ratios from 0 to 1), the unit at the
 * end of the name, {@code _total} at the end of a counter's. All types are thread-safe; records are immutable.
 */
@Export
@Version("1.0.0")
package org.cloudos.metrics;

import org.osgi.annotation.bundle.Export;
import org.osgi.annotation.versioning.Version;
