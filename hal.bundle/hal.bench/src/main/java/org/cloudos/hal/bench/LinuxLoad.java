package org.cloudos.hal.bench;

import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.LinkOption;
import java.nio.file.Path;
import java.util.List;
import java.util.concurrent.TimeUnit;
import java.util.stream.Stream;

/** The same load as {@link BlockLoad} on a device that Linux's own driver has, by fio with io_uring and without the page cache. */
final class LinuxLoad {
    private static final int FIELDS = 89, READ_RATE = 7, WRITE_RATE = 48, USER = 87, SYSTEM = 88;
    private static final long MORE_SECONDS = 60;

    /** @param perSecond operations. @param cpuMicros of fio's thread, for one operation */
    record Result(String device, String operation, int size, int depth, boolean random, double perSecond, double megabytes, double cpuMicros) { }

    private LinuxLoad() { }

    /** The block device of Linux's at this place on the bus, such as {@code nvme1n1}. */
    static String blockDevice(String address) throws IOException {
        Path device = Path.of("/sys/bus/pci/devices", address);
        if (!address.matches("[0-9a-f:.]{12,13}") || !Files.exists(device)) {
            throw new IllegalArgumentException("expected a PCI address such as 0000:00:10.0, found " + address);
        }
        try (Stream<Path> all = Files.walk(device.toRealPath(), 9)) {
            return all.filter(p -> p.getFileName().toString().equals("subsystem") && Files.isSymbolicLink(p) && isBlock(p))
                    .map(p -> p.getParent().getFileName().toString()).filter(n -> Files.exists(Path.of("/dev", n), LinkOption.NOFOLLOW_LINKS)).findFirst()
                    .orElseThrow(() -> new IOException(address + ": expected a block device of Linux's there, found none"));
        }
    }

    private static boolean isBlock(Path link) {
        try {
            return Files.readSymbolicLink(link).getFileName().toString().equals("block");
        } catch (IOException e) {
            return false; // it went meanwhile
        }
    }

    static Result run(String device, boolean read, int size, int depth, int seconds, boolean random) throws IOException, InterruptedException {
        Process fio = new ProcessBuilder(List.of("fio", "--name=job", "--filename=/dev/" + device, "--thread", "--direct=1", "--ioengine=io_uring",
                "--rw=" + (random ? "rand" : "") + (read ? "read" : "write"), "--bs=" + size, "--iodepth=" + depth, "--time_based",
                "--runtime=" + seconds, "--ramp_time=1", "--minimal", "--terse-version=3")).redirectErrorStream(true).start();
        fio.getOutputStream().close();
        String said = new String(fio.getInputStream().readAllBytes(), StandardCharsets.UTF_8).strip();
        if (!fio.waitFor(seconds + MORE_SECONDS, TimeUnit.SECONDS)) {
            fio.destroyForcibly();
        }
        String[] fields = said.substring(said.lastIndexOf('\n') + 1).split(";");
        if (fio.exitValue() != 0 || fields.length < FIELDS) {
            throw new IOException("expected fio to end with a line of " + FIELDS + " fields, found status " + fio.exitValue() + ": " + said);
        }
        double rate = Double.parseDouble(fields[read ? READ_RATE : WRITE_RATE]);
        return new Result(device, read ? "read" : "write", size, depth, random, rate, rate * size / 1e6,
                (percent(fields[USER]) + percent(fields[SYSTEM])) * 1e4 / rate);
    }

    private static double percent(String text) {
        return Double.parseDouble(text.replace("%", ""));
    }
}
