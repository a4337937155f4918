/** Metrics for scrapers: Prometheus' text format 0.0.4, OpenMetrics 1.0, and the protocol buffers that carry native histograms. */
package org.cloudos.metrics.export;
