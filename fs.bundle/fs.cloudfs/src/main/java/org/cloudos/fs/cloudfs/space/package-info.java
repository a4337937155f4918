/**
 * Which blocks are free, and which are referred to more than once. Preconditions everywhere: the tree lock is held alone, except for the
 * totals.
 */
package org.cloudos.fs.cloudfs.space;
