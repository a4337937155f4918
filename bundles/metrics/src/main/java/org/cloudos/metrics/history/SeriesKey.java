package org.cloudos.metrics.history;

import io.prometheus.metrics.model.snapshots.Labels;

/** A series: name as exported, and labels. */
record SeriesKey(String name, Labels labels) { }
