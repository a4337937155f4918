package org.cloudos.fs.cloudfs.mount;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Arrays;
import java.util.List;
import java.util.UUID;
import org.cloudos.fs.Errno;
import org.cloudos.fs.FsException;
import org.cloudos.fs.cloudfs.format.Crc;
import org.cloudos.fs.cloudfs.format.Layout;
import org.cloudos.fs.cloudfs.format.Le;
import org.cloudos.fs.cloudfs.medium.Medium;
import org.cloudos.hal.block.BlockDevice;

/**
 * Who has a volume open for writing, in the block {@link Layout#CLAIM}. A process of this boot of this machine that still runs is an owner; one that
 * ended, or a boot that is over, is not. A claim of another machine is an owner as well: who knows better opens with {@code force}.
 *
 * <pre>
 * 0 magic "CFSCLAIM"(8) · 8 crc32c of the bytes from 12(4) · 12 zero(4) · 16 machine(16) · 32 boot(16) · 48 process(8) · 56 its start, ms(8)
 * </pre>
 *
 * @param machine an identity that outlives boots; zeros where there is none
 */
public record Claim(UUID machine, UUID boot, long process, long started) {
    private static final long MAGIC = 0x4D49_414C_4353_4643L;
    private static final UUID NONE = new UUID(0, 0);

    /** This process. */
    public static Claim own() {
        ProcessHandle self = ProcessHandle.current();
        return new Claim(read("/etc/machine-id"), read("/proc/sys/kernel/random/boot_id"), self.pid(), started(self));
    }

    private static long started(ProcessHandle process) {
        return process.info().startInstant().map(java.time.Instant::toEpochMilli).orElse(0L);
    }

    private static UUID read(String file) {
        try {
            String text = Files.readString(Path.of(file)).strip().replace("-", "");
            return new UUID(Long.parseUnsignedLong(text.substring(0, 16), 16), Long.parseUnsignedLong(text.substring(16, 32), 16));
        } catch (IOException | RuntimeException e) {
            return NONE;
        }
    }

    /** {@code EBUSY} when somebody else has it. */
    public void take(Medium medium, boolean force) throws FsException {
        for (int device : medium.readers()) {
            Claim other = parse(medium.readClear(device, Layout.CLAIM));
            if (other != null && !force && alive(other)) {
                throw new FsException.Refused(Errno.EBUSY, machine.equals(other.machine) ? "the volume is open in process " + other.process
                        : "the volume is open on another machine, or was when that one lost power (option force opens it)");
            }
        }
        put(medium, emit());
    }

    /** {@code EBUSY} when another process of this machine has it, whatever force says: it would go on writing. */
    public void refuseRunning(Medium medium) throws FsException {
        for (int device : medium.blocks() > Layout.CLAIM ? medium.readers() : new int[0]) {
            Claim other;
            try {
                other = parse(medium.readClear(device, Layout.CLAIM));
            } catch (FsException.DeviceFailed e) {
                continue; // keeps nobody out, as one that can't be parsed
            }
            if (other != null && machine.equals(other.machine) && alive(other)) {
                throw new FsException.Refused(Errno.EBUSY, "the volume is open in process " + other.process);
            }
        }
    }

    /** As {@link #take}, for a device that comes to an open volume. */
    public void takeOne(BlockDevice device, boolean force) throws FsException {
        try (Medium medium = new Medium(List.of(device), null)) {
            take(medium, force);
        }
    }

    private boolean alive(Claim other) {
        if (equals(other)) {
            return false; // ours, from before a swap
        }
        if (!machine.equals(other.machine)) {
            return !machine.equals(NONE) && !other.machine.equals(NONE);
        }
        return boot.equals(other.boot) && ProcessHandle.of(other.process).filter(Claim::runs)
                .filter(p -> other.started == 0 || started(p) == other.started).isPresent();
    }

    /**
     * One that was killed and that nobody has waited for yet, which some containers' first process never does, has ended as soon as its other threads
     * have. proc_pid_stat(5): PID (NAME) STATE, 17 numbers, THREADS.
     */
    private static boolean runs(ProcessHandle process) {
        try {
            String stat = Files.readString(Path.of("/proc", Long.toString(process.pid()), "stat"));
            String[] fields = stat.substring(stat.lastIndexOf(')') + 2).split(" ");
            return "ZX".indexOf(fields[0].charAt(0)) < 0 || Integer.parseInt(fields[17]) > 1;
        } catch (IOException | RuntimeException e) {
            return process.isAlive();
        }
    }

    /** Nobody has it any more. */
    public static void release(Medium medium) throws FsException {
        put(medium, new byte[Layout.BLOCK]);
    }

    /** Of a device that leaves. */
    public static void release(Medium medium, int device) throws FsException {
        medium.writeClear(device, Layout.CLAIM, new byte[Layout.BLOCK], true);
    }

    private static void put(Medium medium, byte[] bytes) throws FsException {
        for (int device = 0; device < medium.copies(); device++) {
            medium.writeClear(device, Layout.CLAIM, bytes, true);
        }
    }

    private byte[] emit() {
        byte[] b = new byte[Layout.BLOCK];
        Le.i64(b, 0, MAGIC);
        Le.uuid(b, 16, machine);
        Le.uuid(b, 32, boot);
        Le.i64(b, 48, process);
        Le.i64(b, 56, started);
        Le.i32(b, 8, Crc.of(b, 12, Layout.BLOCK - 12));
        return b;
    }

    /** @return null for no claim, and for one that can't be read: it keeps nobody out */
    static Claim parse(byte[] b) {
        return Le.i64(b, 0) != MAGIC || Le.i32(b, 8) != Crc.of(Arrays.copyOfRange(b, 12, b.length), 0, b.length - 12) ? null
                : new Claim(Le.uuid(b, 16), Le.uuid(b, 32), Le.i64(b, 48), Le.i64(b, 56));
    }
}
