package org.cloudos.fs.vfs;

/**
 * A change.
 *
 * @param name   of the entry in the watched folder, empty for the watched file or folder itself
 * @param cookie the same in the MOVED_FROM and the MOVED_TO of one rename, else 0
 */
public record WatchEvent(Kind kind, String name, boolean folder, long cookie) {
    /** inotify(7). */
    public enum Kind {
        CREATED, REMOVED, MOVED_FROM, MOVED_TO, MODIFIED, ATTRIBUTES,
        /** The watched node itself lost its last name: nothing will follow. */
        GONE,
        /** Events were lost: look again. */
        OVERFLOW
    }
}
