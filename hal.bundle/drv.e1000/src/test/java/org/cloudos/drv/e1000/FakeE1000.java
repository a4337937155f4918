package org.cloudos.drv.e1000;

import java.lang.foreign.MemorySegment;
import java.lang.foreign.ValueLayout;
import java.util.ArrayList;
import java.util.List;
import org.cloudos.hal.memory.DmaMemory;
import org.cloudos.hal.memory.Reg32;
import org.cloudos.hal.sim.SimulatedFunction;

/** A controller whose cable a test holds: it keeps what is sent, and receives what the test says, true or not. */
final class FakeE1000 extends SimulatedFunction {
    private static final int DESCRIPTOR = 16;
    final List<byte[]> sent = new ArrayList<>();
    boolean deaf;     // never ends a reset
    boolean forgetful; // keeps nothing of what is sent
    boolean silent;   // takes frames to send, ends none
    private int head; // of the ring that sends

    FakeE1000() {
        super(0, 0x20000, 1);
        power();
    }

    private void power() {
        set(Registers.RAL.offset(), 0x12005452);
        set(Registers.RAH.offset(), 0x5634 | Registers.ADDRESS_VALID);
        set(Registers.STATUS.offset(), 0x83);
    }

    int register(Reg32 register) {
        return get(register.offset());
    }

    @Override protected void write(long offset, int width, long value) {
        if (offset == Registers.CTRL.offset() && (value & Registers.CTRL_RESET) != 0) {
            registersToZero();
            set(offset, deaf ? (int) value : 0);
            return;
        }
        super.write(offset, width, value);
        if (offset == Registers.TDT.offset() && !silent) {
            send((int) value);
        }
    }

    private void registersToZero() {
        for (int at = 0; at < 0x6000; at += 4) {
            set(at, 0);
        }
        head = 0;
        power();
    }

    private DmaMemory descriptor(Reg32 low, Reg32 high, int index) {
        long base = Integer.toUnsignedLong(register(low)) | (long) register(high) << 32;
        return memory.at(base + (long) index * DESCRIPTOR, DESCRIPTOR);
    }

    private void send(int tail) {
        java.io.ByteArrayOutputStream frame = new java.io.ByteArrayOutputStream();
        while (head != tail) {
            DmaMemory d = descriptor(Registers.TDBAL, Registers.TDBAH, head);
            int length = d.getShort(8);
            frame.writeBytes(memory.at(d.getLong(0), length).memory().toArray(ValueLayout.JAVA_BYTE));
            if ((d.getInt(8) & 1 << 24) != 0) {
                if (!forgetful) {
                    sent.add(frame.toByteArray());
                }
                frame.reset();
            }
            d.putInt(12, d.getInt(12) | 1);
            head = (head + 1) % (register(Registers.TDLEN) / DESCRIPTOR);
        }
    }

    /** Fills the next descriptor. @param claimed length that it says, @param status done, end and errors as the manual has them */
    void receive(int index, byte[] data, int claimed, int status) {
        DmaMemory d = descriptor(Registers.RDBAL, Registers.RDBAH, index);
        memory.at(d.getLong(0), data.length).memory().copyFrom(MemorySegment.ofArray(data));
        d.putInt(8, claimed);
        d.putInt(12, status);
    }

    void interrupt() {
        raise(0);
    }
}
