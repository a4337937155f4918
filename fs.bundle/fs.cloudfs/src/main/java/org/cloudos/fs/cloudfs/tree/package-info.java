/**
 * Copy-on-write B+trees over nodes of 16 KiB. Readers hold the volume's tree lock shared, writers hold it alone. A node that is on the medium
 * never changes; a changed one gets a negative number in memory until the commit finds it a place.
 */
package org.cloudos.fs.cloudfs.tree;
