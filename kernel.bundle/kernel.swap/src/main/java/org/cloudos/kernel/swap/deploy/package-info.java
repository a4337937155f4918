/**
 * Changes of the set of bundles: jars are checked, resolved dry, stored, swapped with their callers waiting at the
 * gates, watched, and committed or taken back.
 */
package org.cloudos.kernel.swap.deploy;
