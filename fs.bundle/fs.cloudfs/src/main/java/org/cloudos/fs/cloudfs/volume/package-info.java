/**
 * An open volume: its trees, its changes, its commits and its intent log.
 *
 * <p>Lock order: {@link Volume#placing}, then {@link Inode#lock} (several: by number), then {@link Volume#commitLock}, then {@link Volume#lock}
 * (the tree lock), then a monitor of {@link InodeData}, then the buckets of {@link Inodes}, then its holds. Device reads of data happen under an
 * inode's lock, commits write under the commit lock; under the tree lock only nodes are read that were not in memory.
 */
package org.cloudos.fs.cloudfs.volume;
