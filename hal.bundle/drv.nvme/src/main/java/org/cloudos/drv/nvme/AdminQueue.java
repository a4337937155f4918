package org.cloudos.drv.nvme;

import java.io.IOException;
import java.util.Arrays;
import java.util.concurrent.TimeUnit;
import org.cloudos.hal.DeviceException;
import org.cloudos.hal.DeviceException.Reason;
import org.cloudos.hal.memory.Dma;
import org.cloudos.hal.memory.DmaMemory;
import org.cloudos.hal.pci.Interrupt;

/** The admin queues: one command at a time, with a limit. Not thread-safe: the controller's lock guards it. */
final class AdminQueue {
    private static final int ENTRIES = 16, ID = 0, NAMESPACES = 1024, ERROR_LOG = 1, ERROR_ENTRY = 64, ALL_NAMESPACES = -1;
    private static final long LIMIT_NS = TimeUnit.SECONDS.toNanos(10), LOOK_NS = TimeUnit.MILLISECONDS.toNanos(100);

    private final String name;
    private final Registers registers;
    private final Interrupt interrupt;
    private final QueuePair pair;
    private final DmaMemory page;
    private Status status;
    private int result;

    AdminQueue(String name, Registers registers, Dma dma, Interrupt interrupt) throws IOException {
        this.name = name;
        this.registers = registers;
        this.interrupt = interrupt;
        pair = new QueuePair(0, ENTRIES, dma);
        page = dma.allocate(IoRing.PAGE, IoRing.PAGE);
    }

    /** While the controller is disabled. */
    void reset() {
        pair.reset(registers);
        registers.write(Registers.AQA, ENTRIES - 1 << 16 | ENTRIES - 1);
        registers.write(Registers.ASQ, pair.submissionAddress());
        registers.write(Registers.ACQ, pair.completionAddress());
    }

    /** @return the completion's first word */
    int command(int opcode, int namespace, long prp1, int word10, int word11) throws DeviceException {
        pair.begin(ID, opcode, namespace, prp1, 0);
        pair.word(10, word10);
        pair.word(11, word11);
        pair.end();
        pair.ring();
        status = null;
        long end = System.nanoTime() + LIMIT_NS;
        while (pair.poll((id, ended, value) -> {
            status = new Status(ended);
            result = value;
        }) == 0) {
            if (registers.status().gone()) {
                throw new DeviceException(Reason.GONE, name + " does not answer");
            }
            if (System.nanoTime() > end) {
                throw new DeviceException(Reason.TIMED_OUT, name + ": no answer to admin command 0x" + Integer.toHexString(opcode));
            }
            try {
                interrupt.await(LOOK_NS);
            } catch (InterruptedException e) {
                Thread.currentThread().interrupt();
                Thread.onSpinWait(); // the command must end all the same
            }
        }
        if (!status.ok()) {
            throw new DeviceException(Reason.FAILED, name + ": admin command 0x" + Integer.toHexString(opcode) + ": " + status);
        }
        return result;
    }

    /** A structure of 4096 bytes, until the next command. @param structure CNS, §5.17.1 */
    DmaMemory identify(int structure, int namespace) throws DeviceException {
        page.memory().fill((byte) 0);
        command(Command.IDENTIFY, namespace, page.address(), structure, 0);
        return page;
    }

    /** Entries of 64 bytes, the newest first: 0 count(8) ... NVMe Base 2.0 §5.16.1.2. */
    long errorCount() throws DeviceException {
        page.memory().fill((byte) 0);
        command(Command.GET_LOG, ALL_NAMESPACES, page.address(), ERROR_LOG | ERROR_ENTRY / 4 - 1 << 16, 0);
        return page.getLong(0);
    }

    /** Numbers of the active namespaces: ascending, ends with 0. §5.17.2.2. */
    int[] activeNamespaces() throws DeviceException {
        DmaMemory list = identify(2, 0);
        int[] numbers = new int[NAMESPACES];
        int count = 0;
        for (int previous = 0; count < NAMESPACES; count++) {
            int number = list.getInt(count * 4L);
            if (number == 0) {
                break;
            }
            if (Integer.compareUnsigned(number, previous) <= 0) {
                throw new DeviceException(Reason.MALFORMED, name + ": namespace list: expected over " + previous + ", found " + number);
            }
            previous = number;
            numbers[count] = number;
        }
        return Arrays.copyOf(numbers, count);
    }

    /** @return whether the controller aborted it. §5.1 */
    boolean abort(int queue, int id) throws DeviceException {
        return (command(Command.ABORT, 0, 0, id << 16 | queue, 0) & 1) == 0;
    }
}
