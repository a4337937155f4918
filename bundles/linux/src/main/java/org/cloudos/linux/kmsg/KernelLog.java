package org.cloudos.linux.kmsg;

import java.util.Optional;
import org.cloudos.linux.LinuxException;

/** The kernel's log. Thread-safe. */
public interface KernelLog {
    /**
     * Opens it at its oldest record that is still there.
     *
     * @throws LinuxException where it is forbidden (not root, {@code dmesg_restrict}) or there is none
     */
    Reader open() throws LinuxException;

    /** Reads records one by one; by one thread, closed by any. */
    interface Reader extends AutoCloseable {
        /**
         * The next record as the kernel's documentation has it (Documentation/ABI/testing/dev-kmsg):
         * {@code PRIORITY,SEQUENCE,MICROSECONDS,FLAGS[,...];TEXT}, LF, then {@code  KEY=VALUE} lines. Waits for it.
         *
         * @return empty when it is closed
         */
        Optional<byte[]> next() throws LinuxException;

        /** Whether a record is there now, so that {@link #next} does not wait. */
        boolean ready() throws LinuxException;

        /** A {@link #next} that waits returns; nothing can be read any more. Takes until then. */
        @Override void close();
    }
}
