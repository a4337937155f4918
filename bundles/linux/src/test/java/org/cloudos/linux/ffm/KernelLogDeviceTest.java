package org.cloudos.linux.ffm;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.nio.charset.StandardCharsets;
import java.util.Optional;
import java.util.concurrent.atomic.AtomicReference;
import org.cloudos.linux.LinuxException;
import org.cloudos.linux.kmsg.KernelLog;
import org.junit.jupiter.api.Assumptions;
import org.junit.jupiter.api.Test;

class KernelLogDeviceTest {
    @Test void readsRecordsAndAWaitEndsWhenItIsClosed() throws Exception {
        KernelLog.Reader reader;
        try {
            reader = new KernelLogDevice().open();
        } catch (LinuxException e) {
            assertTrue(e.getMessage().contains("/dev/kmsg"), e.getMessage());
            Assumptions.abort(e.getMessage());
            return;
        }
        int records = 0;
        while (reader.ready() && records < 100) {
            String text = new String(reader.next().orElseThrow(), StandardCharsets.UTF_8);
            assertTrue(text.matches("(?s)\\d+,\\d+,\\d+,[^;]*;.*\n"), text);
            records++;
        }
        while (reader.ready()) {
            reader.next();
        }
        AtomicReference<Optional<byte[]>> last = new AtomicReference<>();
        Thread waiting = Thread.ofPlatform().start(() -> {
            try {
                do {
                    last.set(reader.next()); // the kernel may have something to say meanwhile
                } while (last.get().isPresent());
            } catch (LinuxException e) {
                throw new IllegalStateException(e);
            }
        });
        reader.close();
        waiting.join(60_000);
        assertEquals(Optional.empty(), last.get());
        reader.close();
    }
}
