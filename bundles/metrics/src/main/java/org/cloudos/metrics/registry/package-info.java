/**
 * Counters, gauges and histograms on the Prometheus client, and the reading of all of them. Lock order:
 * {@code Scraper}, then {@code Registry}, then {@code BoundedFamily}; none is held while a source of another bundle runs
 * but {@code Scraper}, which nobody waits for longer than the sources' limit.
 */
package org.cloudos.metrics.registry;
