package org.cloudos.drv.virtionet;

import java.io.IOException;
import java.lang.foreign.Arena;
import java.lang.foreign.MemorySegment;
import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.util.List;
import java.util.concurrent.atomic.AtomicLong;
import java.util.function.BooleanSupplier;
import org.cloudos.hal.DeviceException;
import org.cloudos.hal.DeviceException.Reason;
import org.cloudos.hal.attach.Drain;
import org.cloudos.hal.attach.Unread;
import org.cloudos.hal.net.LinkState;
import org.cloudos.hal.net.NetAbilities;
import org.cloudos.hal.net.NetCounters;
import org.cloudos.hal.net.NetDevice;
import org.cloudos.hal.net.NetQueue;
import org.cloudos.hal.pci.Interrupt;
import org.cloudos.hal.queue.Patience;
import org.cloudos.hal.virtio.Feature;
import org.cloudos.hal.virtio.VirtioDevice;

/** A virtio network device. Virtio 1.2 §5.1. */
final class VirtioNet implements NetDevice {
    private static final int ENTRIES = 256, MOST_PAIRS = 8, MERGED_BUFFER = 2048, ETHERNET = 14, TAG = 4, MOST_GROUPS = 64;
    private static final long WANTED = Feature.VERSION_1 | Feature.INDIRECT | Feature.EVENT_INDEX | Feature.PACKED | NetConfiguration.CHECKSUM
            | NetConfiguration.GUEST_CHECKSUM | NetConfiguration.MTU | NetConfiguration.MAC | NetConfiguration.MERGEABLE | NetConfiguration.STATUS
            | NetConfiguration.CONTROL | NetConfiguration.CONTROL_RECEIVE | NetConfiguration.PAIRS;

    private final String name;
    private final VirtioDevice device;
    private final long features;
    private final NetAbilities abilities;
    private final Pair[] pairs;
    private final ControlRing control; // null when the device has none
    private final Arena arena = Arena.ofShared();
    private final AtomicLong linkChanges = new AtomicLong();
    private volatile boolean wasUp;
    private volatile boolean closing; // nothing more is sent
    private volatile boolean over;    // and nothing comes any more

    VirtioNet(VirtioDevice device, String name) throws IOException {
        this.device = device;
        this.name = name;
        features = device.negotiate(WANTED);
        NetConfiguration c = NetConfiguration.read(device.configuration(), features, name);
        int vectors = Math.min(device.interrupts(), Math.min(c.pairs(), MOST_PAIRS));
        if (vectors == 0) {
            throw new DeviceException(Reason.ABSENT, name + " has no interrupt");
        }
        List<Interrupt> interrupts = device.interrupts(vectors);
        int largest = c.mtu() + ETHERNET + TAG;
        device.configurationVector(0);
        boolean controls = device.has(NetConfiguration.CONTROL);
        pairs = new Pair[controls ? vectors : 1];
        for (int i = 0; i < pairs.length; i++) {
            pairs[i] = new Pair(i, interrupts.get(i), largest);
        }
        control = controls ? new ControlRing(device.queue(2 * c.pairs(), 16, -1), device.dma()) : null;
        abilities = new NetAbilities(c.address(), largest, pairs.length, device.has(NetConfiguration.CHECKSUM),
                device.has(NetConfiguration.GUEST_CHECKSUM), false, controls ? MOST_GROUPS : 0);
        device.start();
        for (Pair pair : pairs) {
            pair.receive.fill();
        }
        if (pairs.length > 1) {
            control.command(ControlRing.PAIRS, ControlRing.PAIRS_SET, shorts(pairs.length));
        }
        wasUp = link().up();
    }

    private static byte[] shorts(int value) {
        return new byte[] {(byte) value, (byte) (value >>> 8)};
    }

    String rings() {
        return (device.has(Feature.PACKED) ? "packed" : "split") + (device.has(NetConfiguration.MERGEABLE) ? ", mergeable" : "")
                + (device.has(Feature.EVENT_INDEX) ? ", event index" : "") + ", " + pairs.length + " queues";
    }

    @Override public String name() {
        return name;
    }

    @Override public NetAbilities abilities() {
        return abilities;
    }

    @Override public LinkState link() {
        boolean up = !over && device.isPresent() && NetConfiguration.linkUp(device.configuration(), features);
        if (up != wasUp) {
            wasUp = up;
            linkChanges.incrementAndGet();
        }
        return new LinkState(up, 0, true);
    }

    @Override public NetCounters counters() {
        long received = 0, receivedBytes = 0, sent = 0, sentBytes = 0, errors = 0, interrupts = 0;
        for (Pair p : pairs) {
            received += p.receive.frames();
            receivedBytes += p.receive.bytes();
            sent += p.send.frames();
            sentBytes += p.send.bytes();
            errors += p.receive.errors() + p.send.errors();
            interrupts += p.interrupt.count();
        }
        return new NetCounters(received, receivedBytes, sent, sentBytes, 0, errors, interrupts, linkChanges.get());
    }

    @Override public void multicast(long[] groups) throws DeviceException {
        ControlRing c = controls();
        c.command(ControlRing.RECEIVE, ControlRing.ALL_MULTICAST, new byte[] {(byte) (groups.length > MOST_GROUPS ? 1 : 0)});
        if (groups.length <= MOST_GROUPS) {
            ByteBuffer tables = ByteBuffer.allocate(8 + 6 * groups.length).order(ByteOrder.LITTLE_ENDIAN);
            tables.putInt(0).putInt(groups.length); // no more addresses of our own; then the groups
            for (long group : groups) {
                tables.order(ByteOrder.BIG_ENDIAN).putShort((short) (group >>> 32)).putInt((int) group);
            }
            c.command(ControlRing.MAC, ControlRing.TABLE_SET, tables.array());
        }
    }

    @Override public void promiscuous(boolean on) throws DeviceException {
        controls().command(ControlRing.RECEIVE, ControlRing.PROMISCUOUS, new byte[] {(byte) (on ? 1 : 0)});
    }

    private ControlRing controls() throws DeviceException {
        if (control == null || !device.has(NetConfiguration.CONTROL_RECEIVE)) {
            throw new DeviceException(Reason.ABSENT, name + " has no filter: it gets all frames");
        }
        return control;
    }

    @Override public NetQueue open(int number) throws DeviceException {
        if (number < 0 || number >= pairs.length) {
            throw new DeviceException(Reason.ABSENT, name + ": expected queue 0 to " + (pairs.length - 1) + ", found " + number);
        }
        return pairs[number].take();
    }

    String condition() {
        return over ? "closed" : !device.isPresent() ? "gone" : device.isBroken() ? "failed" : "ok";
    }

    /** What was given to the device goes out, what came is kept for its users. */
    void close() {
        closing = true;
        Drain drain = new Drain();
        for (Pair pair : pairs) {
            drain.await(pair::toSend, device::isPresent);
        }
        drain.silence(this::came, device::isPresent);
        boolean silent = reset();
        for (Pair pair : pairs) {
            pair.stop();
        }
        over = true; // not before: who sees it reads once more and leaves
        for (Pair pair : pairs) {
            pair.interrupt.wake();
        }
        if (!silent) {
            return; // it may still write: its memory goes with the device, when that is silent
        }
        for (Pair pair : pairs) {
            pair.receive.free();
            pair.send.free();
        }
        if (control != null) {
            control.free();
        }
    }

    private long came() {
        long came = 0;
        for (Pair pair : pairs) {
            came += pair.came();
        }
        return came;
    }

    private boolean reset() {
        try {
            device.reset();
            return true;
        } catch (DeviceException e) {
            return false;
        }
    }

    /** A receiving and a sending queue. The lock keeps the device's end away from a thread inside. */
    private final class Pair implements NetQueue {
        private final int number;
        private final Interrupt interrupt;
        private final ReceiveRing receive;
        private final SendRing send;
        private final Patience patience = new Patience(); // the waiting thread's
        private final BooleanSupplier ready = this::isReady;
        private final AtomicLong received = new AtomicLong(); // frames, for who does not hold the lock
        private volatile boolean taken;
        private final Unread unread = new Unread(); // guarded by this, as all below and all of the rings
        private boolean stopped;

        private Pair(int number, Interrupt interrupt, int largest) throws IOException {
            this.number = number;
            this.interrupt = interrupt;
            int frame = ReceiveRing.HEADER + largest;
            int buffer = device.has(NetConfiguration.MERGEABLE) ? MERGED_BUFFER : frame + 7 & -8;
            receive = new ReceiveRing(device.queue(2 * number, ENTRIES, number), device.dma(), buffer, 1 << 16, arena);
            send = new SendRing(device.queue(2 * number + 1, ENTRIES, number), device.dma(), frame);
        }

        private synchronized NetQueue take() throws DeviceException {
            if (taken || stopped) {
                throw new DeviceException(stopped ? Reason.GONE : Reason.BUSY, name + ": queue " + number + (stopped ? " is closed" : " is open already"));
            }
            taken = true;
            return this;
        }

        /** Frames that the device has not sent. */
        private synchronized long toSend() {
            send.kick();
            return send.sending();
        }

        /** 0 when nobody takes what comes, else a number that changes with it. Without the lock, which who reads a flood hardly ever lets go. */
        private long came() {
            return taken ? 1 + received.get() : 0;
        }

        private synchronized boolean isReady() {
            return stopped || receive.hasMore() || send.hasRoom();
        }

        /** The device is silent: what it left is kept for the queue's user. */
        private synchronized void stop() {
            if (taken) {
                receive.end(unread);
            }
            stopped = true;
        }

        @Override public synchronized boolean send(MemorySegment frame, int checksumStart, int checksumOffset) {
            return !closing && send.send(frame, checksumStart, checksumOffset);
        }

        @Override public synchronized void kick() {
            if (!stopped) {
                send.kick();
            }
        }

        @Override public synchronized int sending() {
            return stopped ? 0 : send.sending();
        }

        @Override public synchronized int receive(int most, Receiver receiver) {
            if (stopped) {
                return unread.receive(most, receiver);
            }
            send.kick();
            int found = receive.receive(most, receiver);
            received.lazySet(receive.frames());
            return found;
        }

        @Override public void await(long nanos) throws InterruptedException {
            long begin = System.nanoTime();
            if (patience.sees(ready, begin, nanos)) {
                return;
            }
            boolean quiet;
            synchronized (this) {
                quiet = !stopped && receive.arm() & send.arm();
            }
            if (quiet) {
                interrupt.await(nanos);
            }
            patience.waited(System.nanoTime() - begin);
            synchronized (this) {
                if (!stopped) {
                    receive.disarm();
                    send.disarm();
                }
            }
        }

        @Override public void wake() {
            interrupt.wake();
        }

        @Override public boolean isOpen() {
            return !over && device.isPresent();
        }

        @Override public synchronized void close() {
            taken = false;
        }
    }
}
