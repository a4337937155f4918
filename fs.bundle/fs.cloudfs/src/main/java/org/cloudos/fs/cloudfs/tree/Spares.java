package org.cloudos.fs.cloudfs.tree;

import org.cloudos.fs.FsException;

/** Hears of nodes on the medium that a tree no longer refers to. */
public interface Spares {
    /**
     * What a node has on the medium is no longer this tree's. Where other trees share it, all that it refers to is now referred to twice.
     *
     * @param tree the tree's number
     * @return whether no other tree has it
     */
    boolean replaced(long tree, Node node) throws FsException;
}
