package org.cloudos.cli.bench;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;

/**
 * A virtual machine whose idle processors look for work a while before they halt, as Linux has it by default (200 us; cpuidle-haltpoll in the
 * kernel's documentation). Where that was turned off, each wake-up of an idle processor is the host's too, which takes longer than most requests.
 * The setting is for the whole machine, and comes back at the end.
 */
final class HaltPolling implements AutoCloseable {
    private static final Path NANOS = Path.of("/sys/module/haltpoll/parameters/guest_halt_poll_ns");
    private static final String BY_DEFAULT = "200000";

    private final String before;

    private HaltPolling(String before) {
        this.before = before;
    }

    /** Whether it is turned off here, and can be turned on. */
    static boolean isOff() throws IOException {
        return Files.isWritable(NANOS) && Files.readString(NANOS).strip().equals("0");
    }

    static HaltPolling byDefault() throws IOException {
        HaltPolling polling = new HaltPolling(Files.readString(NANOS));
        Files.writeString(NANOS, BY_DEFAULT);
        return polling;
    }

    @Override public void close() throws IOException {
        Files.writeString(NANOS, before);
    }
}
