package org.cloudos.hal.bench;

import java.io.IOException;
import java.io.PrintStream;
import java.util.Locale;
import org.apache.felix.service.command.Descriptor;
import org.apache.felix.service.command.Parameter;
import org.apache.felix.service.command.Process;
import org.apache.felix.service.command.annotations.GogoCommand;
import org.cloudos.hal.block.BlockDevice;
import org.cloudos.hal.block.BlockQueue.Op;
import org.cloudos.shell.Example;
import org.cloudos.shell.Json;
import org.osgi.framework.BundleContext;
import org.osgi.service.component.annotations.Activate;
import org.osgi.service.component.annotations.Component;

/** Measures and checks devices. What is on them is lost where a command writes. */
@Component(service = BenchCommands.class)
@GogoCommand(scope = "bench", function = {"block", "linux", "pattern", "check", "flushes"})
public final class BenchCommands {
    private final BundleContext context;

    /** What bench:pattern and bench:check say. */
    public record Done(String device, long seed, long bytes, long milliseconds) { }

    @Activate public BenchCommands(BundleContext context) {
        this.context = context;
    }

    /** Loads a device. */
    @Descriptor("keeps a block device busy: operations a second, CPU time and allocation of one; --op write destroys its content")
    @Example({"bench:block nvme0n1", "bench:block nvme0n1 --op write --size 131072 --depth 4 --sequential --seconds 10"})
    public Object block(
            @Parameter(names = "--op", absentValue = "read") @Descriptor("read or write") String op,
            @Parameter(names = "--size", absentValue = "4096") @Descriptor("bytes of one operation") int size,
            @Parameter(names = "--depth", absentValue = "1") @Descriptor("operations under way at once") int depth,
            @Parameter(names = "--seconds", absentValue = "5") @Descriptor("how long it is measured") int seconds,
            @Parameter(names = "--sequential", presentValue = "true", absentValue = "false") @Descriptor("one after the other, else random")
            boolean sequential,
            @Parameter(names = "--json", presentValue = "true", absentValue = "false") @Descriptor("print JSON") boolean json,
            @Descriptor("the device's name") String device) throws IOException, InterruptedException {
        Op what = isRead(op) ? Op.READ : Op.WRITE;
        if (seconds < 1 || depth < 1 || depth > 1024) {
            throw new IllegalArgumentException("expected --seconds from 1 and --depth 1 to 1024, found " + seconds + " and " + depth);
        }
        try (Used<BlockDevice> used = Used.block(context, device)) {
            return Json.when(json, new BlockLoad(used.service(), what, size, depth, !sequential).run(seconds * 1_000_000_000L));
        }
    }

    private static boolean isRead(String op) {
        return switch (op.toLowerCase(Locale.ROOT)) {
            case "read" -> true;
            case "write" -> false;
            default -> throw new IllegalArgumentException("--op: expected read or write, found " + op);
        };
    }

    /** Loads Linux's driver. */
    @Descriptor("the same load as bench:block on a device that Linux drives, by fio; --op write destroys its content")
    @Example("bench:linux 0000:00:10.0 --depth 32")
    public Object linux(
            @Parameter(names = "--op", absentValue = "read") @Descriptor("read or write") String op,
            @Parameter(names = "--size", absentValue = "4096") @Descriptor("bytes of one operation") int size,
            @Parameter(names = "--depth", absentValue = "1") @Descriptor("operations under way at once") int depth,
            @Parameter(names = "--seconds", absentValue = "5") @Descriptor("how long it is measured") int seconds,
            @Parameter(names = "--sequential", presentValue = "true", absentValue = "false") @Descriptor("one after the other, else random")
            boolean sequential,
            @Parameter(names = "--json", presentValue = "true", absentValue = "false") @Descriptor("print JSON") boolean json,
            @Descriptor("the device's PCI address") String address) throws IOException, InterruptedException {
        return Json.when(json, LinuxLoad.run(LinuxLoad.blockDevice(address), isRead(op), size, depth, seconds, !sequential));
    }

    /** Writes a pattern. */
    @Descriptor("writes bytes that tell where they belong, in pieces of sizes that bite; destroys the device's content")
    @Example("bench:pattern nvme0n1 --seed 7 --bytes 67108864")
    public Object pattern(@Parameter(names = "--seed", absentValue = "1") @Descriptor("which pattern") long seed,
            @Parameter(names = "--from", absentValue = "0") @Descriptor("first byte") long from,
            @Parameter(names = "--bytes", absentValue = "67108864") @Descriptor("how many") long bytes,
            @Parameter(names = "--json", presentValue = "true", absentValue = "false") @Descriptor("print JSON") boolean json,
            @Descriptor("the device's name") String device) throws IOException {
        long begin = System.nanoTime();
        try (Used<BlockDevice> used = Used.block(context, device)) {
            new Transfers(used.service(), new Pattern(seed)).write(from, bytes);
        }
        return Json.when(json, new Done(device, seed, bytes, (System.nanoTime() - begin) / 1_000_000));
    }

    /** Checks a pattern. */
    @Descriptor("reads what bench:pattern wrote, and fails at the first byte that is another")
    @Example("bench:check nvme0n1 --seed 7 --bytes 67108864")
    public Object check(@Parameter(names = "--seed", absentValue = "1") @Descriptor("which pattern") long seed,
            @Parameter(names = "--from", absentValue = "0") @Descriptor("first byte") long from,
            @Parameter(names = "--bytes", absentValue = "67108864") @Descriptor("how many") long bytes,
            @Parameter(names = "--json", presentValue = "true", absentValue = "false") @Descriptor("print JSON") boolean json,
            @Descriptor("the device's name") String device) throws IOException {
        long begin = System.nanoTime();
        try (Used<BlockDevice> used = Used.block(context, device)) {
            new Transfers(used.service(), new Pattern(seed)).check(from, bytes);
        }
        return Json.when(json, new Done(device, seed, bytes, (System.nanoTime() - begin) / 1_000_000));
    }

    /** Writes and tells what is safe. */
    @Descriptor("writes as bench:pattern does, a piece after the other, and prints after each flush how many bytes are safe by it; for power cuts")
    @Example("bench:flushes nvme0n1 --seed 7 --bytes 67108864 --piece 65536")
    public void flushes(@Parameter(names = "--seed", absentValue = "1") @Descriptor("which pattern") long seed,
            @Parameter(names = "--bytes", absentValue = "67108864") @Descriptor("how many") long bytes,
            @Parameter(names = "--piece", absentValue = "65536") @Descriptor("bytes from one flush to the next") long piece,
            @Descriptor("the device's name") String device) throws IOException {
        if (piece <= 0 || bytes < piece) {
            throw new IllegalArgumentException("expected --piece over 0, up to --bytes, found " + piece + " and " + bytes);
        }
        PrintStream out = Process.Utils.current().out();
        try (Used<BlockDevice> used = Used.block(context, device)) {
            Transfers transfers = new Transfers(used.service(), new Pattern(seed));
            for (long at = 0; at < bytes && !out.checkError(); at += piece) {
                transfers.write(at, Math.min(piece, bytes - at));
                out.println("safe " + Math.min(bytes, at + piece));
                out.flush();
            }
        }
    }
}
