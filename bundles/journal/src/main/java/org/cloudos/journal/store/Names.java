package org.cloudos.journal.store;

import java.nio.charset.StandardCharsets;
import java.util.concurrent.ConcurrentHashMap;

/**
 * Numbers for the texts that come again and again: bundles, subsystems, threads, loggers, keys. A block carries those
 * that it uses, so the numbers mean something in it alone. Bounded: when it is full a new one takes its place.
 */
final class Names {
    static final int MAX = 8192;
    private static final int MAX_CHARS = 512;

    private final ConcurrentHashMap<String, Integer> ids = new ConcurrentHashMap<>();
    private final byte[][] texts = new byte[MAX][]; // written before the id is
    private int size = 1;                           // guarded by this

    /** 0 for the empty text; -1 when there is no room. */
    int id(String name) {
        if (name.isEmpty()) {
            return 0;
        }
        String text = name.length() <= MAX_CHARS ? name : name.substring(0, MAX_CHARS);
        Integer id = ids.get(text);
        return id == null ? add(text) : id;
    }

    private synchronized int add(String name) {
        Integer there = ids.get(name);
        if (there != null) {
            return there;
        }
        if (size == MAX) {
            return -1;
        }
        texts[size] = name.getBytes(StandardCharsets.UTF_8);
        ids.put(name, size);
        return size++;
    }

    byte[] text(int id) {
        return texts[id];
    }
}
