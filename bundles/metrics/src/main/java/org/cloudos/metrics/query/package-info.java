/** A part of PromQL: its grammar, and its evaluation over series in memory. No I/O, no clock. */
package org.cloudos.metrics.query;
