package org.cloudos.hal.virtio;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.io.IOException;
import java.util.ArrayList;
import java.util.List;
import java.util.SplittableRandom;
import org.cloudos.hal.DeviceException;
import org.cloudos.hal.DeviceException.Reason;
import org.cloudos.hal.memory.DmaMemory;
import org.cloudos.hal.sim.Allocation;
import org.cloudos.hal.sim.SimulatedVirtio;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;

/** What a device may say wrongly. */
@Timeout(120)
class VirtioTest {
    private final SimulatedVirtio fake = new SimulatedVirtio(Feature.VERSION_1 | Feature.ACCESS_PLATFORM, 1, 0x100);

    private VirtQueue queue(long features) throws IOException {
        fake.offered |= features;
        VirtioDevice device = VirtioDevice.on(fake);
        device.negotiate(Feature.VERSION_1 | features);
        return device.queue(0, 8, -1);
    }

    private Reason refused() {
        return assertThrows(DeviceException.class, () -> queue(0)).reason();
    }

    @Test void aStructureOutsideItsRegistersIsRefused() {
        fake.capability(0x40, 1, SimulatedVirtio.BAR, 0x3ff0, 0x100);
        assertEquals(Reason.MALFORMED, refused());
        fake.capability(0x40, 1, SimulatedVirtio.BAR, -1, -1);
        assertEquals(Reason.MALFORMED, refused());
    }

    @Test void aBaseAddressWithoutRegistersIsRefused() {
        fake.capability(0x40, 1, 2, 0, 0x100);
        assertEquals(Reason.ABSENT, refused());
    }

    @Test void oneWithoutStructuresIsRefused() {
        fake.capability(0x60, 9, SimulatedVirtio.BAR, 0, 0);
        assertEquals(Reason.ABSENT, refused());
    }

    @Test void oneThatGoesRoundTheMmuIsRefused() {
        fake.offered = Feature.VERSION_1;
        assertEquals(Reason.UNAVAILABLE, refused());
        fake.offered = 0;
        assertEquals(Reason.ABSENT, refused());
    }

    @Test void queueSizesThatCantBeAreRefused() {
        for (int size : new int[] {0, 3, 0xffff}) {
            fake.queueSize = size;
            assertEquals(Reason.MALFORMED, refused());
        }
    }

    @Test void oneThatNeverResetsIsRefused() throws Exception {
        queue(0);
        VirtioDevice.on(fake).start();
        fake.deaf = true;
        assertEquals(Reason.TIMED_OUT, refused());
    }

    @Test void usesOfWhatItDoesNotHaveAreCountedAndIgnored() throws Exception {
        VirtQueue queue = queue(0);
        queue.add(5, 0x1000, 64, true);
        List<Integer> ids = new ArrayList<>();
        fake.use(0, 7, 64);          // a descriptor that is free
        fake.use(0, -1, 64);         // none at all
        fake.use(0, 1 << 20, 64);
        fake.use(0, 0, 64);          // the one that it has
        fake.use(0, 0, 64);          // again
        for (int i = 0; i < 5; i++) {
            queue.poll((id, length) -> ids.add(id), 8);
        }
        assertEquals(List.of(5), ids);
        assertEquals(4, queue.strays());
        assertEquals(0, queue.underWay());
    }

    @Test void aRequestAllocatesNothing() throws Exception {
        VirtQueue queue = queue(Feature.EVENT_INDEX | Feature.INDIRECT);
        DmaMemory table = fake.memory.allocate(48, 16);
        VirtQueue.Used nobody = (id, length) -> { };
        assertEquals(0, Allocation.perStep(() -> {
            queue.entry(table, 0, 0x1000, 16, false, false);
            queue.entry(table, 1, 0x2000, 16, true, true);
            queue.add(3, table, 2);
            queue.kick();
            queue.arm();
            queue.disarm();
            long begin = Allocation.begin();
            fake.use(0, 0, 64);
            Allocation.end(begin);
            assertEquals(1, queue.poll(nobody, 8));
        }));
    }

    @Test void anIndexThatRunsAwayIsFollowedForOneTurnAtMost() throws Exception {
        VirtQueue queue = queue(0);
        queue.add(5, 0x1000, 64, true);
        fake.index(0, 40_000);
        int found = queue.poll((id, length) -> { }, Integer.MAX_VALUE);
        assertTrue(found <= queue.size(), found + " found");
        assertTrue(queue.strays() <= queue.size(), queue.strays() + " strays in one look");
    }

    /** The device scribbles over all that it can reach: nothing but typed answers, and no id that it does not have. */
    private void scribbled(long features) throws Exception {
        SplittableRandom random = new SplittableRandom(11);
        VirtQueue queue = queue(features);
        for (int round = 0; round < 5_000; round++) {
            boolean[] has = new boolean[8];
            queue.clear();
            for (int id = 0; id < 8 && queue.fits(1); id++) {
                queue.add(id, 0x1000L * id, 64, true);
                has[id] = true;
            }
            for (int i = 0; i < 20; i++) {
                long area = random.nextBoolean() ? queue.deviceArea() : queue.descriptors();
                fake.memory.at(area, 4).putShort(random.nextInt(2) * 2L, random.nextInt());
                fake.memory.at(queue.descriptors(), 16L * queue.size()).putInt(random.nextInt(4 * queue.size()) * 4L, random.nextInt());
            }
            queue.poll((id, length) -> {
                assertTrue(id >= 0 && id < 8 && has[id], "id " + id);
                has[id] = false;
            }, Integer.MAX_VALUE);
        }
    }

    @Test void aScribbledSplitRing() throws Exception {
        scribbled(0);
    }

    @Test void aScribbledPackedRing() throws Exception {
        scribbled(Feature.PACKED);
    }
}
