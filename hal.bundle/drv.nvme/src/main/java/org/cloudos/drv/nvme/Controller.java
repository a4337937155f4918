package org.cloudos.drv.nvme;

import java.io.IOException;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicLong;
import org.cloudos.drv.nvme.Registers.Configuration;
import org.cloudos.hal.DeviceException;
import org.cloudos.hal.DeviceException.Reason;
import org.cloudos.hal.block.BlockException;
import org.cloudos.hal.block.BlockGeometry;
import org.cloudos.hal.block.BlockStatus;
import org.cloudos.hal.pci.Interrupt;
import org.cloudos.hal.pci.PciFunction;
import org.cloudos.hal.queue.RequestQueue;
import org.cloudos.hal.queue.SharedInterrupt;
import org.cloudos.hal.queue.Traffic;

/**
 * A controller: its start, its queues and its recovery. What it doesn't answer in time is aborted, then the controller is reset and
 * all that was under way is submitted again; when that fails, or it vanishes, every request ends with an error, none hangs.
 *
 * <p>Lock order: this, then the queues' locks in the order of their numbers. NVMe Base 2.0, NVMe over PCIe Transport 1.0.
 */
final class Controller implements RequestQueue.Health {
    private static final int IO_ENTRIES = 64, MOST_QUEUES = 32, DEFAULT_TRANSFER = 128 << 10, LARGEST_TRANSFER = 1 << 20;
    private static final long ABORT_NS = TimeUnit.SECONDS.toNanos(5);
    private static final int NUMBER_OF_QUEUES = 7;
    private static final int INTERRUPTS = 1 << 1, CONTIGUOUS = 1;

    private record Open(IoRing ring, RequestQueue queue) { }

    private enum State { STARTING, USABLE, RESETTING, FAILED, GONE, CLOSED }

    private final PciFunction function;
    private final Registers registers;
    private final String name;
    private final List<Interrupt> interrupts;
    private final List<Interrupt> lines = new ArrayList<>(); // by queue: several share an interrupt where there are too few
    private final AdminQueue admin;
    private final Open[] queues; // by number, guarded by this
    private final AtomicLong errors = new AtomicLong();
    private final AtomicLong resets = new AtomicLong();
    private final Traffic traffic = new Traffic();
    private volatile Identity identity;
    private volatile State state = State.STARTING;

    Controller(PciFunction function, String name) throws IOException {
        this.function = function;
        this.name = name;
        registers = new Registers(function.registers(0));
        Registers.Capabilities capabilities = registers.capabilities();
        if (registers.status().gone()) {
            throw new DeviceException(Reason.GONE, name + " does not answer");
        }
        if (!capabilities.hasNvmCommands() || capabilities.minPage() > IoRing.PAGE) {
            throw new DeviceException(Reason.ABSENT, name + ": expected NVM commands and pages of 4 KiB, found capabilities "
                    + Long.toHexString(capabilities.bits()));
        }
        interrupts = function.interrupts(Math.min(function.interrupts(), MOST_QUEUES + 1));
        if (interrupts.isEmpty()) {
            throw new DeviceException(Reason.ABSENT, name + " has no interrupt");
        }
        admin = new AdminQueue(name, registers, function.dma(), interrupts.getFirst());
        start();
        identity = Identity.parse(admin.identify(1, 0).memory(), capabilities.minPage());
        queues = new Open[Math.min(grantedQueues(), interrupts.size() > 1 ? interrupts.size() - 1 : 1) + 1];
        shareInterrupts();
        state = State.USABLE;
    }

    private void shareInterrupts() {
        List<SharedInterrupt> all = interrupts.stream().map(SharedInterrupt::new).toList();
        for (int i = 0; i < queues.length; i++) {
            lines.add(all.get(Math.min(i, all.size() - 1)).line());
        }
    }

    /** Disables, then enables with the admin queues. §3.5.1. */
    private void start() throws DeviceException {
        registers.write(Registers.CC, registers.read(Registers.CC) & ~Configuration.ENABLE);
        awaitReady(false);
        admin.reset();
        registers.write(Registers.CC, Configuration.ENTRY_SIZES | Configuration.PAGE_4K | Configuration.ENABLE);
        awaitReady(true);
    }

    private void awaitReady(boolean wanted) throws DeviceException {
        int limit = registers.capabilities().readyMs();
        long end = System.nanoTime() + TimeUnit.MILLISECONDS.toNanos(limit);
        while (true) {
            Registers.Status status = registers.status();
            if (status.gone()) {
                throw new DeviceException(Reason.GONE, name + " does not answer");
            }
            if (status.ready() == wanted) {
                return;
            }
            if (wanted && status.fatal()) {
                throw new DeviceException(Reason.FAILED, name + " reports a fatal status while it starts");
            }
            if (System.nanoTime() > end) {
                throw new DeviceException(Reason.TIMED_OUT, name + ": expected " + (wanted ? "ready" : "reset") + " within " + limit
                        + " ms, found status " + Integer.toHexString(status.bits()));
            }
            Thread.onSpinWait();
        }
    }

    /** Asks for as many as we'd use. §5.27.1.5. @return queue pairs that it gives */
    private int grantedQueues() throws DeviceException {
        int wanted = MOST_QUEUES - 1;
        int granted = admin.command(Command.SET_FEATURES, 0, 0, NUMBER_OF_QUEUES, wanted | wanted << 16);
        return Math.min(MOST_QUEUES, Math.min(granted & 0xffff, granted >>> 16) + 1);
    }

    Identity identity() {
        return identity;
    }

    String name() {
        return name;
    }

    /** Active namespaces that we can use; others are told by the exception's message in {@code refused}. */
    List<NamespaceIdentity> namespaces(List<String> refused) throws DeviceException {
        int[] numbers = admin.activeNamespaces();
        List<NamespaceIdentity> found = new ArrayList<>();
        for (int number : numbers) {
            try {
                found.add(NamespaceIdentity.parse(number, admin.identify(0, number).memory()));
            } catch (DeviceException e) {
                if (e.reason() != Reason.MALFORMED && e.reason() != Reason.ABSENT) {
                    throw e;
                }
                refused.add(e.getMessage());
            }
        }
        return found;
    }

    BlockGeometry geometry(NamespaceIdentity namespace) {
        Identity i = identity;
        long limit = i.maxTransfer() == 0 ? DEFAULT_TRANSFER : Math.min(i.maxTransfer(), LARGEST_TRANSFER);
        int size = namespace.blockSize();
        return new BlockGeometry(size, Math.max(size, 512), namespace.blocks(), (int) Math.max(size, limit), 4, namespace.readOnly(),
                i.volatileCache(), true, i.discard(), false);
    }

    /** I/O queues there can be. */
    int queueCount() {
        return queues.length - 1;
    }

    /** Makes a queue pair. {@code BUSY} words when all are taken. */
    RequestQueue open(NamespaceIdentity namespace, BlockGeometry geometry, int depth) throws BlockException {
        synchronized (this) {
            if (state != State.USABLE) {
                throw new BlockException(name, "new queue", end() == null ? BlockStatus.DEVICE_ERROR : end(), condition(), null);
            }
            int number = 1;
            while (number < queues.length && queues[number] != null) {
                number++;
            }
            if (number == queues.length) {
                throw new BlockException(name, "new queue", BlockStatus.DEVICE_ERROR, "all " + queueCount() + " are in use", null);
            }
            int most = Math.min(1024, registers.capabilities().maxEntries());
            int entries = Math.max(2, Math.min(Integer.highestOneBit(most), Integer.highestOneBit(depth) * 2));
            try {
                QueuePair pair = new QueuePair(number, entries, function.dma());
                IoRing ring = new IoRing(namespace, identity.sgl(), pair, lines.get(number), function.dma(), errors);
                create(pair);
                queues[number] = new Open(ring, new RequestQueue(geometry, ring, this, function.dma()));
                return queues[number].queue;
            } catch (IOException e) {
                throw new BlockException(name, "new queue", BlockStatus.DEVICE_ERROR, e.getMessage(), e);
            }
        }
    }

    private void create(QueuePair pair) throws DeviceException {
        pair.reset(registers);
        int size = pair.entries() - 1 << 16 | pair.number;
        int vector = Math.min(pair.number, interrupts.size() - 1);
        admin.command(Command.CREATE_CQ, 0, pair.completionAddress(), size, vector << 16 | INTERRUPTS | CONTIGUOUS);
        admin.command(Command.CREATE_SQ, 0, pair.submissionAddress(), size, pair.number << 16 | CONTIGUOUS);
    }

    @Override public Traffic traffic() {
        return traffic;
    }

    @Override public void release(RequestQueue queue) {
        synchronized (this) {
            int number = number(queue);
            if (number == 0) {
                return;
            }
            queues[number] = null;
            try {
                if (state == State.USABLE) {
                    admin.command(Command.DELETE_SQ, 0, 0, number, 0);
                    admin.command(Command.DELETE_CQ, 0, 0, number, 0);
                }
            } catch (DeviceException e) {
                fail(e);
            }
            if (state != State.FAILED) {
                queue.free(); // a failed controller may still write there
            }
        }
    }

    /** @return 0 for one that is not ours */
    private int number(RequestQueue queue) {
        for (int i = 1; i < queues.length; i++) {
            if (queues[i] != null && queues[i].queue == queue) {
                return i;
            }
        }
        return 0;
    }

    @Override public boolean isUsable() {
        return state == State.USABLE;
    }

    @Override public BlockStatus end() {
        return switch (state) {
            case GONE, CLOSED -> BlockStatus.GONE;
            case FAILED -> BlockStatus.DEVICE_ERROR;
            case STARTING, USABLE, RESETTING -> null;
        };
    }

    long errors() {
        return errors.get();
    }

    long resets() {
        return resets.get();
    }

    long openQueues() {
        synchronized (this) {
            return Arrays.stream(queues).filter(q -> q != null).count();
        }
    }

    @Override public void look(RequestQueue queue) {
        Registers.Status status = registers.status();
        if (status.gone() || !function.isPresent()) {
            state = State.GONE;
            return;
        }
        int late = queue.late(System.nanoTime());
        if (status.fatal() || late >= 0) {
            recover(queue, late, status.fatal());
        }
    }

    private void recover(RequestQueue queue, int late, boolean fatal) {
        synchronized (this) {
            if (state != State.USABLE) {
                return;
            }
            try {
                if (!fatal && admin.abort(number(queue), late)) {
                    queue.due(late, ABORT_NS); // its completion comes, with the status Aborted
                    return;
                }
                restart();
            } catch (DeviceException e) {
                fail(e);
            }
        }
    }

    /** Resets the controller and gives it all queues again. Holds this. */
    private void restart() throws DeviceException {
        state = State.RESETTING;
        resets.incrementAndGet();
        List<Open> held = new ArrayList<>();
        boolean again = false;
        try {
            for (Open open : queues) {
                if (open != null) {
                    open.queue.enter();
                    held.add(open);
                }
            }
            start();
            grantedQueues();
            for (Open open : held) {
                create(open.ring.pair);
            }
            state = State.USABLE;
            again = true;
        } finally {
            for (Open open : held) {
                open.queue.leave(again);
            }
        }
    }

    private void fail(DeviceException e) {
        state = e.reason() == Reason.GONE ? State.GONE : State.FAILED;
    }

    /** Why a command of one of the queues failed last. */
    String words() {
        synchronized (this) {
            return Arrays.stream(queues).filter(q -> q != null && q.ring.failed() != 0).map(q -> new Status(q.ring.failed()).toString())
                    .reduce((a, b) -> b).orElse("");
        }
    }

    /** Errors that the controller has logged since it was made: the count of the newest entry of its error log. §5.16.1.2. */
    long loggedErrors() {
        synchronized (this) {
            try {
                return state == State.USABLE ? admin.errorCount() : 0;
            } catch (DeviceException e) {
                return 0; // one without a log
            }
        }
    }

    /** In words. */
    String condition() {
        return state.name().toLowerCase(java.util.Locale.ROOT);
    }

    /** Tells the controller to finish, and waits for it. §3.6.2. Queues must be closed. */
    void close() {
        synchronized (this) {
            State before = state;
            state = State.CLOSED;
            for (Open open : queues) {
                if (open != null) {
                    open.queue.enter();
                    open.queue.leave(false);
                }
            }
            if (before == State.USABLE) {
                registers.write(Registers.CC, registers.read(Registers.CC) & ~Configuration.SHUTDOWN_MASK | Configuration.SHUT_DOWN);
                long end = System.nanoTime() + ABORT_NS;
                while (!registers.status().shutDown() && !registers.status().gone() && System.nanoTime() < end) {
                    Thread.onSpinWait();
                }
                registers.write(Registers.CC, registers.read(Registers.CC) & ~Configuration.ENABLE);
            }
        }
    }
}
