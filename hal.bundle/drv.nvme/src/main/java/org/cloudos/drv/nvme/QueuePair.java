package org.cloudos.drv.nvme;

import java.io.IOException;
import org.cloudos.hal.memory.Dma;
import org.cloudos.hal.memory.DmaMemory;

/**
 * A submission and a completion queue, and which commands are in them. Nothing that the controller writes is believed: an id of no
 * command under way is counted and ignored, the head stays where we know it. Not thread-safe. NVMe Base 2.0 §3.3.
 */
final class QueuePair {
    private static final int COMPLETION = 16, STATUS = 14, ID = 12;
    private static final long PAGE = 4096;

    /** Gets a command's end. */
    interface Ends {
        /**
         * @param status bits of a {@link Status}
         * @param result the completion's first word
         */
        void ended(int id, int status, int result);
    }

    final int number;
    private final int entries;
    private final DmaMemory submissions;
    private final DmaMemory completions;
    private final boolean[] underWay;
    private final Dma dma;
    private Registers.Doorbell submissionBell;
    private Registers.Doorbell completionBell;
    private int tail;
    private int head;
    private int phase;
    private int unrung;
    private int busy;
    private long strays;

    /** @param entries a power of 2; one less can be under way */
    QueuePair(int number, int entries, Dma dma) throws IOException {
        this.number = number;
        this.entries = entries;
        this.dma = dma;
        submissions = dma.allocate((long) entries * Command.SIZE, PAGE);
        completions = dma.allocate((long) entries * COMPLETION, PAGE);
        underWay = new boolean[entries];
    }

    /** Empty, as the controller has it after it made the queues. */
    void reset(Registers registers) {
        submissionBell = registers.submission(number);
        completionBell = registers.completion(number);
        submissions.memory().fill((byte) 0);
        completions.memory().fill((byte) 0);
        java.util.Arrays.fill(underWay, false);
        tail = head = busy = unrung = 0;
        phase = 1;
    }

    int entries() {
        return entries;
    }

    long submissionAddress() {
        return submissions.address();
    }

    long completionAddress() {
        return completions.address();
    }

    /** Commands that can be under way at once. */
    int depth() {
        return entries - 1;
    }

    int underWay() {
        return busy;
    }

    /** Completions for nothing that was asked. */
    long strays() {
        return strays;
    }

    /** Begins a command of this id; its words 10 to 15 follow by {@link #word}. It goes with {@link #ring}. */
    void begin(int id, int opcode, int namespace, long prp1, long prp2) {
        if (underWay[id]) {
            throw new IllegalStateException("command " + id + " is under way");
        }
        underWay[id] = true;
        busy++;
        Command.write(submissions, tail, opcode, id, namespace, prp1, prp2);
    }

    /** The command's data is one piece. */
    void piece(long address, int length) {
        Command.sgl(submissions, tail, address, length);
    }

    void word(int number, int value) {
        Command.word(submissions, tail, number, value);
    }

    /** The command is whole. */
    void end() {
        tail = tail + 1 == entries ? 0 : tail + 1;
        unrung++;
    }

    /** Hands all whole commands to the controller. */
    void ring() {
        if (unrung > 0) {
            submissionBell.ring(tail);
            unrung = 0;
        }
    }

    /** Hands over what ended. @return how many */
    int poll(Ends ends) {
        int seen = 0;
        int found = 0;
        while (seen < entries) {
            long at = (long) head * COMPLETION;
            int status = completions.getShort(at + STATUS);
            if ((status & 1) != phase) {
                break;
            }
            int id = completions.getShort(at + ID);
            int result = completions.getInt(at);
            if (++head == entries) {
                head = 0;
                phase ^= 1;
            }
            seen++;
            if (id < entries && underWay[id]) {
                underWay[id] = false;
                busy--;
                found++;
                ends.ended(id, status, result);
            } else {
                strays++;
            }
        }
        if (seen > 0) {
            completionBell.ring(head);
        }
        return found;
    }

    void free() {
        dma.free(submissions);
        dma.free(completions);
    }
}
