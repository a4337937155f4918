/**
 * Records to and from other systems. A target reads the journal from where it last was: the journal is the queue, on disk and
 * bounded, that a collector which is away does not empty.
 */
package org.cloudos.journal.ship;
