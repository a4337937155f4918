/**
 * Collectors of what the kernel and the JVM know already. Names are those of Prometheus' node_exporter and Java client, so
 * that dashboards made for these work, but in snake case throughout. What this machine does not have is left out.
 */
package org.cloudos.metrics.collect;
