package org.cloudos.hal.bench;

import java.io.IOException;
import org.cloudos.hal.virtio.Feature;

/** A driver's ring on memory: something that takes requests and gives them back, and a stand-in for the device. Not thread-safe. */
public interface RingWork {
    /** Requests that a ring holds, and bytes of each. */
    int SIZE = 256, BLOCK = 512;

    /** What is put to work. */
    enum Kind {
        SPLIT("virtio, split"), PACKED("virtio, packed"), REQUESTS("block requests over virtio, split");

        private final String title;

        Kind(String title) {
            this.title = title;
        }

        String title() {
            return title;
        }
    }

    /** An empty one. */
    static RingWork of(Kind kind) throws IOException {
        return switch (kind) {
            case SPLIT -> new MemoryRing(0);
            case PACKED -> new MemoryRing(Feature.PACKED);
            case REQUESTS -> new MemoryRequests();
        };
    }

    /** Descriptors are written and handed over. @param batch how many, at most {@link #SIZE} */
    void submit(int batch);

    /** The device marks them used. */
    void device(int batch);

    /** They are taken back. @return how many */
    int complete(int batch) throws InterruptedException;
}
