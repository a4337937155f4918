package org.cloudos.hal.virtio;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.io.IOException;
import java.util.List;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.TimeUnit;
import org.cloudos.hal.DeviceException;
import org.cloudos.hal.DeviceException.Reason;
import org.cloudos.hal.memory.Reg64;
import org.cloudos.hal.pci.Interrupt;
import org.cloudos.hal.sim.Allocation;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;

/** The transport over MMIO, against a file of registers that may say what it likes. */
@Timeout(120)
class VirtioMmioTest {
    private final FakeMmio fake = new FakeMmio();

    private VirtQueue queue(long features) throws IOException {
        VirtioDevice device = VirtioDevice.on(fake.platform());
        device.negotiate(Feature.VERSION_1 | features);
        VirtQueue queue = device.queue(0, 8, 0);
        device.start();
        return queue;
    }

    private DeviceException refused() {
        return assertThrows(DeviceException.class, () -> queue(0));
    }

    private void refused(Reason reason, String found) {
        DeviceException e = refused();
        assertEquals(reason, e.reason());
        assertTrue(e.getMessage().contains(found) && e.getMessage().startsWith("tree/virtio_mmio@a000000"), e.getMessage());
    }

    @Test void aQueueIsGivenAndItsBellRings() throws Exception {
        VirtQueue queue = queue(Feature.EVENT_INDEX);
        assertEquals(Feature.VERSION_1 | Feature.EVENT_INDEX, fake.agreed());
        assertEquals(queue.descriptors(), fake.descriptors.get(0));
        queue.add(5, 0x1000, 64, true);
        queue.kick();
        assertEquals(List.of(0), fake.notified);
    }

    @Test void whatIsNotAgreedOnIsNotUsed() throws Exception {
        queue(Feature.PACKED);
        assertEquals(Feature.VERSION_1, fake.agreed());
    }

    @Test void queuesAreCounted() throws Exception {
        VirtioDevice device = VirtioDevice.on(fake.platform());
        assertEquals(2, device.queues(16));
        assertEquals(1, device.queues(1));
    }

    @Test void whatIsNoVirtioDeviceIsRefused() {
        fake.magic = 0x1234;
        refused(Reason.MALFORMED, "found 1234");
        fake.magic = -1;
        refused(Reason.MALFORMED, "found ffffffff");
    }

    @Test void aLegacyDeviceIsRefusedWithWhatToDo() {
        fake.version = 1;
        refused(Reason.ABSENT, "force-legacy=false");
        fake.version = 3;
        refused(Reason.MALFORMED, "found 3");
        fake.version = 2;
        fake.offered = Feature.EVENT_INDEX;
        refused(Reason.ABSENT, "older device");
    }

    @Test void anEmptyPlaceIsRefused() {
        fake.device = 0;
        refused(Reason.ABSENT, "empty place");
    }

    @Test void withoutPermissionItIsRefused() {
        fake.forbidden = true;
        assertEquals(Reason.UNAVAILABLE, refused().reason());
    }

    @Test void queueSizesThatCantBeAreRefused() {
        for (int size : new int[] {0, 3, 0x1_0000, -1}) {
            fake.queueSize = size;
            refused(Reason.MALFORMED, "found " + size);
        }
    }

    @Test void aQueueThatIsInUseOrNeverReadyIsRefused() throws Exception {
        VirtioDevice device = VirtioDevice.on(fake.platform());
        device.negotiate(Feature.VERSION_1);
        VirtQueue queue = device.queue(0, 8, 0);
        assertEquals(Reason.FAILED, assertThrows(DeviceException.class, () -> device.enable(queue, 0)).reason());
        fake.neverReady = true;
        refused(Reason.FAILED, "QueueReady 1");
    }

    @Test void featuresTakenBackAreRefused() {
        fake.shy = true;
        refused(Reason.MALFORMED, "takes back");
    }

    @Test void oneThatNeedsAResetAtOnceIsRefused() {
        fake.startsWith = 64;
        refused(Reason.FAILED, "status 4f");
    }

    @Test void oneThatNeedsAResetLaterIsBroken() throws Exception {
        VirtioDevice device = VirtioDevice.on(fake.platform());
        device.negotiate(Feature.VERSION_1);
        device.start();
        assertFalse(device.isBroken());
        fake.startsWith = 64;
        assertThrows(DeviceException.class, device::start);
        assertTrue(device.isBroken());
        device.negotiate(Feature.VERSION_1); // a reset heals it
        assertFalse(device.isBroken());
    }

    @Test void oneThatNeverResetsIsRefused() throws Exception {
        queue(0);
        fake.deaf = true;
        refused(Reason.TIMED_OUT, "does not reset");
    }

    @Test void oneThatIsGoneSaysAllOnes() throws Exception {
        VirtioDevice device = VirtioDevice.on(fake.platform());
        device.negotiate(Feature.VERSION_1);
        fake.vanish();
        assertTrue(device.isBroken());
        assertEquals(Reason.GONE, assertThrows(DeviceException.class, () -> device.negotiate(Feature.VERSION_1)).reason());
    }

    @Test void theConfigurationIsBehindTheRegisters() throws Exception {
        VirtioDevice device = VirtioDevice.on(fake.platform());
        assertEquals(0x100, device.configuration().size());
        assertEquals(0, device.configuration().readHalves(Reg64.ro(0)));
        device.close();
        assertTrue(fake.closed);
    }

    private Interrupt interrupt() throws IOException {
        VirtioDevice device = VirtioDevice.on(fake.platform());
        Interrupt interrupt = device.interrupts(1).getFirst();
        assertEquals(Reason.ABSENT, assertThrows(DeviceException.class, () -> device.interrupts(1)).reason());
        return interrupt;
    }

    @Test void anInterruptIsSeenAndAcknowledged() throws Exception {
        Interrupt interrupt = interrupt();
        assertEquals(0, interrupt.await(1_000_000));
        fake.raised = 1;
        assertEquals(1, interrupt.await(TimeUnit.SECONDS.toNanos(60)));
        assertEquals(0, fake.raised);
        assertEquals(1, interrupt.count());
        fake.raised = 4; // no cause that there is
        assertEquals(0, interrupt.await(1_000_000));
    }

    @Test void whoWaitsIsWoken() throws Exception {
        Interrupt interrupt = interrupt();
        interrupt.wake();
        assertEquals(0, interrupt.await(TimeUnit.HOURS.toNanos(1)));
        CompletableFuture<Long> waiting = new CompletableFuture<>();
        Thread.ofPlatform().daemon().start(() -> {
            try {
                waiting.complete(interrupt.await(TimeUnit.HOURS.toNanos(1)));
            } catch (InterruptedException e) {
                waiting.completeExceptionally(e);
            }
        });
        interrupt.wake();
        assertEquals(0, waiting.get(60, TimeUnit.SECONDS));
    }

    @Test void whoWaitsCanBeInterrupted() throws Exception {
        Interrupt interrupt = interrupt();
        Thread.currentThread().interrupt();
        assertThrows(InterruptedException.class, () -> interrupt.await(TimeUnit.HOURS.toNanos(1)));
    }

    @Test void waitingAllocatesNothing() throws Exception {
        Interrupt interrupt = interrupt();
        assertEquals(0, Allocation.perStep(() -> {
            fake.raised = 1;
            try {
                assertEquals(1, interrupt.await(TimeUnit.HOURS.toNanos(1)));
            } catch (InterruptedException e) {
                throw new AssertionError(e);
            }
        }));
    }
}
