/**
 * Rules, alerts, silences and who is told. The engine is plain and has its clock from outside; one thread evaluates, others
 * only read snapshots.
 */
package org.cloudos.health.alerts;
