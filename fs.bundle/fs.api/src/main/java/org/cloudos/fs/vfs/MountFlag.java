package org.cloudos.fs.vfs;

/** mount(8), options that hold for any format. */
public enum MountFlag {
    READ_ONLY("ro"), NO_SET_ID("nosuid"), NO_DEVICES("nodev"), NO_EXECUTE("noexec"), NO_ACCESS_TIME("noatime"),
    /** The access time is changed when it is older than the file, or than a day. */
    RELATIVE_ACCESS_TIME("relatime"),
    /** Names, attributes and contents are not kept in memory. */
    NO_CACHE("nocache");

    private final String option;

    MountFlag(String option) {
        this.option = option;
    }

    /** As {@code mount -o} has it. */
    public String option() {
        return option;
    }
}
