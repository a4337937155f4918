/** Volumes are made, opened, replayed, closed; what an open one offers. */
package org.cloudos.fs.cloudfs.mount;
