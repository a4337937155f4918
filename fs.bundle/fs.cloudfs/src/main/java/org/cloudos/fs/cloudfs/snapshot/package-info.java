/** Snapshots, clones, rollback, send and receive. */
package org.cloudos.fs.cloudfs.snapshot;
