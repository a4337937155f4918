package org.cloudos.fs.volume;

import java.util.List;
import java.util.UUID;

/**
 * What a check found, and what a repair would do about it.
 *
 * @param generation of the volume that was checked
 * @param replayed   log records that the next open will replay: none after an orderly close
 * @param nodes      tree nodes read
 * @param files      nodes of files, folders and others, in all snapshots; those that snapshots share are counted once
 * @param dataBytes  checked against their checksums; 0 when data was not asked for
 * @param problems   none when the volume is clean
 */
public record CheckReport(UUID volume, long generation, long replayed, long nodes, long files, long dataBytes, List<Problem> problems) {
    /**
     * @param what   such as {@code node 17 has 2 names, says 3}
     * @param remedy what repair does, in words; empty where nothing can be done
     * @param loss   whether the remedy gives up something that can't be read, such as a file's damaged range
     */
    public record Problem(String what, String remedy, boolean loss) { }

    /** Nothing is wrong. */
    public boolean clean() {
        return problems.isEmpty();
    }
}
