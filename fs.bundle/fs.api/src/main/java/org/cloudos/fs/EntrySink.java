package org.cloudos.fs;

/** Takes a folder's entries. */
@FunctionalInterface
public interface EntrySink {
    /**
     * @param name   of the entry
     * @param node   its number
     * @param type   of the node
     * @param cookie where the walk goes on behind this entry; never 0; stays good over changes of the folder and swaps
     * @return false when this entry was not taken: the walk ends before it
     */
    boolean entry(String name, long node, NodeType type, long cookie);
}
