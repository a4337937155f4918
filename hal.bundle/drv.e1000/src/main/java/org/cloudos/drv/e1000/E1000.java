package org.cloudos.drv.e1000;

import java.io.IOException;
import java.lang.foreign.Arena;
import java.lang.foreign.MemorySegment;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicLong;
import java.util.function.BooleanSupplier;
import org.cloudos.hal.DeviceException;
import org.cloudos.hal.DeviceException.Reason;
import org.cloudos.hal.attach.Drain;
import org.cloudos.hal.attach.Unread;
import org.cloudos.hal.memory.Mmio;
import org.cloudos.hal.memory.Reg32;
import org.cloudos.hal.net.LinkState;
import org.cloudos.hal.net.NetAbilities;
import org.cloudos.hal.net.NetCounters;
import org.cloudos.hal.net.NetDevice;
import org.cloudos.hal.net.NetQueue;
import org.cloudos.hal.pci.Interrupt;
import org.cloudos.hal.pci.PciFunction;
import org.cloudos.hal.queue.Patience;

/** An 8254x controller: one pair of rings, one interrupt line. Its manual's §14 is the order of its start. */
final class E1000 implements NetDevice, NetQueue {
    private static final int ENTRIES = 256, LARGEST = 9018, MTA_WORDS = 128, GROUPS = 4096;
    /** At most some 8,000 interrupts a second: a frame waits 128 µs at worst for others to share its interrupt. */
    private static final int MODERATION = 500;
    private static final int[] SPEEDS = {10, 100, 1000, 1000};
    private static final long RESET_NS = TimeUnit.SECONDS.toNanos(1);

    private final PciFunction function;
    private final String name;
    private final Mmio mmio;
    private final Interrupt interrupt;
    private final NetAbilities abilities;
    private final Arena arena = Arena.ofShared();
    private final ReceiveRing receive; // guarded by this, as all below
    private final SendRing send;
    private final Patience patience = new Patience(); // the waiting thread's
    private final BooleanSupplier ready = this::isReady;
    private final Unread unread = new Unread();
    private final AtomicLong linkChanges = new AtomicLong();
    private final AtomicLong received = new AtomicLong(); // frames, for who does not hold the lock
    private long missed;
    private volatile boolean taken;
    private boolean stopped;
    private volatile boolean closing; // nothing more is sent
    private volatile boolean over;    // and nothing comes any more

    E1000(PciFunction function, String name) throws IOException {
        this.function = function;
        this.name = name;
        mmio = function.registers(0);
        long address = address(); // which the reset brings back from the device's store
        reset();
        interrupt = function.interrupts(1).getFirst();
        receive = new ReceiveRing(mmio, function.dma(), ENTRIES, LARGEST + 2 * ReceiveRing.BUFFER, arena);
        send = new SendRing(mmio, function.dma(), ENTRIES);
        abilities = new NetAbilities(address, LARGEST, 1, true, true, false, 0);
        start(address);
    }

    private void reset() throws DeviceException {
        mmio.write(Registers.IMC, -1);
        mmio.write(Registers.CTRL, mmio.read(Registers.CTRL) | Registers.CTRL_RESET);
        long end = System.nanoTime() + RESET_NS;
        while ((mmio.read(Registers.CTRL) & Registers.CTRL_RESET) != 0) {
            if (System.nanoTime() > end) {
                throw new DeviceException(mmio.read(Registers.STATUS) == -1 ? Reason.GONE : Reason.TIMED_OUT, name + " does not reset");
            }
            Thread.onSpinWait();
        }
        mmio.write(Registers.IMC, -1);
    }

    private long address() throws DeviceException {
        int low = mmio.read(Registers.RAL);
        int high = mmio.read(Registers.RAH);
        if (low == -1 && high == -1) {
            throw new DeviceException(Reason.GONE, name + " does not answer");
        }
        return Integer.toUnsignedLong(Integer.reverseBytes(low)) << 16 | Integer.reverseBytes(high) >>> 16;
    }

    private void start(long address) {
        mmio.write(Registers.CTRL, mmio.read(Registers.CTRL) | Registers.CTRL_LINK_UP | Registers.CTRL_AUTO_SPEED);
        mmio.write(Registers.RAL, Integer.reverseBytes((int) (address >>> 16)));
        mmio.write(Registers.RAH, Short.toUnsignedInt(Short.reverseBytes((short) address)) | Registers.ADDRESS_VALID);
        for (int i = 0; i < MTA_WORDS; i++) {
            mmio.write(word(i), 0);
        }
        receive.start();
        send.start();
        mmio.write(Registers.RXCSUM, Registers.CHECK_TRANSPORT);
        mmio.write(Registers.ITR, MODERATION);
        mmio.write(Registers.TIPG, Registers.GAPS);
        mmio.write(Registers.TCTL, Registers.SEND_ON | Registers.FILL_UP | Registers.COLLISIONS);
        mmio.write(Registers.RCTL, Registers.RECEIVE_ON | Registers.LONG_FRAMES | Registers.BROADCAST | Registers.STRIP_CHECK);
        receive.fill();
        mmio.write(Registers.IMS, Registers.LINK_CHANGED);
    }

    private static Reg32 word(int i) {
        return Registers.MTA.at(i, 4);
    }

    @Override public String name() {
        return name;
    }

    @Override public NetAbilities abilities() {
        return abilities;
    }

    @Override public LinkState link() {
        int status = mmio.read(Registers.STATUS);
        boolean up = status != -1 && !over && (status & 2) != 0;
        return new LinkState(up, up ? SPEEDS[status >>> 6 & 3] : 0, (status & 1) != 0);
    }

    @Override public synchronized NetCounters counters() {
        if (!stopped && function.isPresent()) {
            missed += mmio.read(Registers.MISSED);
        }
        return new NetCounters(receive.frames(), receive.bytes(), send.frames(), send.bytes(), missed, receive.errors(), interrupt.count(),
                linkChanges.get());
    }

    /** The filter takes 12 bits of a group's address: it lets others of the same bits in too. §13.5.1. */
    @Override public synchronized void multicast(long[] groups) {
        int[] words = new int[MTA_WORDS];
        for (long group : groups) {
            int bits = (int) (group >>> 8 & 0xff | (group & 0xff) << 8) >>> 4 & GROUPS - 1;
            words[bits >>> 5] |= 1 << (bits & 31);
        }
        for (int i = 0; i < MTA_WORDS; i++) {
            mmio.write(word(i), words[i]);
        }
    }

    @Override public synchronized void promiscuous(boolean on) {
        int control = mmio.read(Registers.RCTL);
        int all = Registers.ALL_UNICAST | Registers.ALL_MULTICAST;
        mmio.write(Registers.RCTL, on ? control | all : control & ~all);
    }

    @Override public synchronized NetQueue open(int number) throws DeviceException {
        if (number != 0) {
            throw new DeviceException(Reason.ABSENT, name + ": expected queue 0, found " + number);
        }
        if (taken || stopped) {
            throw new DeviceException(stopped ? Reason.GONE : Reason.BUSY, name + ": its queue " + (stopped ? "is closed" : "is open already"));
        }
        taken = true;
        return this;
    }

    @Override public synchronized boolean send(MemorySegment frame, int checksumStart, int checksumOffset) {
        if (frame.byteSize() < 14 || frame.byteSize() > LARGEST) {
            throw new IllegalArgumentException("frame: expected 14 to " + LARGEST + " bytes, found " + frame.byteSize());
        }
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
        sleep(nanos);
        patience.waited(System.nanoTime() - begin);
    }

    private synchronized boolean isReady() {
        return stopped || receive.hasMore() || send.isFull() && send.hasRoom();
    }

    private void sleep(long nanos) throws InterruptedException {
        synchronized (this) {
            if (stopped) {
                return;
            }
            mmio.write(Registers.IMS, Registers.RECEIVED | Registers.RECEIVE_LOW | Registers.RECEIVE_OVERRUN | (send.isFull() ? Registers.SENT : 0));
            if (receive.hasMore()) {
                hold();
                return;
            }
        }
        interrupt.await(nanos);
        synchronized (this) {
            if (!stopped) {
                hold();
            }
        }
    }

    /** While frames are polled the device needn't interrupt; reading the causes lets the line go. */
    private void hold() {
        mmio.write(Registers.IMC, Registers.RECEIVED | Registers.RECEIVE_LOW | Registers.RECEIVE_OVERRUN | Registers.SENT);
        int causes = mmio.read(Registers.ICR);
        if (causes != -1 && (causes & Registers.LINK_CHANGED) != 0) {
            linkChanges.incrementAndGet();
        }
    }

    @Override public void wake() {
        interrupt.wake();
    }

    @Override public boolean isOpen() {
        return !over && function.isPresent();
    }

    /** The queue's user is done; the device goes on. */
    @Override public synchronized void close() {
        taken = false;
    }

    String condition() {
        return over ? "closed" : function.isPresent() ? "ok" : "gone";
    }

    /** Ends the device's work: what was given to it goes out, what came is kept for its user. */
    void end() {
        closing = true;
        Drain drain = new Drain();
        drain.await(this::toSend, function::isPresent);
        drain.silence(this::came, function::isPresent);
        synchronized (this) {
            mmio.write(Registers.RCTL, 0);
            mmio.write(Registers.TCTL, 0);
            mmio.read(Registers.STATUS); // both have arrived
            if (taken) {
                receive.receive(Integer.MAX_VALUE, unread);
            }
            stopped = true;
        }
        over = true; // not before: who sees it reads once more and leaves
        interrupt.wake();
        synchronized (this) {
            try {
                reset();
            } catch (DeviceException e) {
                return; // it may still write: its memory goes with the function, behind the I/O MMU
            }
            receive.free();
            send.free();
        }
    }

    /** Descriptors that the device has not sent. */
    private synchronized long toSend() {
        send.kick();
        return send.sending();
    }

    /** 0 when nobody takes what comes, else a number that changes with it. Without the lock, which who reads a flood hardly ever lets go. */
    private long came() {
        return taken ? 1 + received.get() : 0;
    }
}
