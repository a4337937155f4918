package org.cloudos.fs.tmpfs;

import java.util.Map;
import java.util.TreeMap;

/**
 * A folder's entries: by name for lookups, by cookie for walks. A cookie is given once, so that a walk goes on where it was whatever
 * happened to the folder. Guarded by the volume's tree lock.
 */
record Entries(Map<String, long[]> byName, TreeMap<Long, String> byCookie) {
    @SuppressWarnings("unchecked")
    static Entries of(Object[] raw) {
        return new Entries((Map<String, long[]>) raw[0], (TreeMap<Long, String>) raw[1]);
    }

    /** @return the node, 0 when there is no such name */
    long node(String name) {
        long[] entry = byName.get(name);
        return entry == null ? 0 : entry[0];
    }

    void put(String name, long node, long cookie) {
        long[] before = byName.put(name, new long[] {node, cookie});
        if (before != null) {
            byCookie.remove(before[1]);
        }
        byCookie.put(cookie, name);
    }

    /** A name that is there gets another node, in its place. */
    void redirect(String name, long node) {
        byName.get(name)[0] = node;
    }

    void remove(String name) {
        byCookie.remove(byName.remove(name)[1]);
    }
}
