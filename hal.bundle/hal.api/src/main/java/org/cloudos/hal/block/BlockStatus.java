package org.cloudos.hal.block;

/** How a request ended. */
public enum BlockStatus {
    OK("done"),
    MEDIUM_ERROR("the medium has lost or can't take these blocks"),
    OUT_OF_RANGE("outside the device"),
    READ_ONLY("the device is read-only"),
    NO_SPACE("the medium behind the device is full"),
    UNSUPPORTED("the device has no such command"),
    TIMED_OUT("the device did not answer in time"),
    DEVICE_ERROR("the device failed"),
    GONE("the device was removed");

    private final String meaning;

    BlockStatus(String meaning) {
        this.meaning = meaning;
    }

    /** In words, for a message. */
    public String meaning() {
        return meaning;
    }
}
