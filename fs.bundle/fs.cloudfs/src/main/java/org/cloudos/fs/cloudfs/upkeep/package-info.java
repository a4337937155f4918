/** Care for an open volume: scrub, resize, defragmentation, discard, quotas. */
package org.cloudos.fs.cloudfs.upkeep;
