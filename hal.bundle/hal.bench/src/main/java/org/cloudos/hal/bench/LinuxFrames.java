package org.cloudos.hal.bench;

import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.Map;
import java.util.concurrent.TimeUnit;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import java.util.stream.Stream;
import org.cloudos.hal.net.NetDevice;
import org.cloudos.hal.net.NetQueue;

/**
 * The same load as {@link FrameRate} on an interface that Linux's own driver has, by AF_PACKET with its rings mapped into memory: trafgen sends, netsniff-ng
 * receives.
 */
final class LinuxFrames {
    private static final Pattern OUT = Pattern.compile("(\\d+)\\s+packets outgoing"), IN = Pattern.compile("(\\d+)\\s+packets incoming"),
            DROPPED = Pattern.compile("(\\d+)\\s+packets failed"), TIME = Pattern.compile("(\\d+)\\s+sec,\\s+(\\d+)\\s+usec");
    private static final String PROGRAMS = "/usr/sbin/";
    private static final long MORE_SECONDS = 20, QUIET_MS = 500, MOST_QUIET = 60;

    /** @param cpuMicros of the program, for one frame */
    record Result(String device, String direction, int size, double perSecond, double megabits, double cpuMicros) { }

    private final String link;
    private final int size;

    LinuxFrames(String link, int size) {
        if (size < FrameRate.LEAST || size > FrameRate.MOST) {
            throw new IllegalArgumentException("--size: expected " + FrameRate.LEAST + " to " + FrameRate.MOST + ", found " + size);
        }
        this.link = link;
        this.size = size;
    }

    /** Linux's name of the interface at this place on the bus. */
    static String link(String address) throws IOException {
        Path device = Path.of("/sys/bus/pci/devices", address);
        if (!address.matches("[0-9a-f:.]{12,13}") || !Files.exists(device)) {
            throw new IllegalArgumentException("expected a PCI address such as 0000:00:10.0, found " + address);
        }
        try (Stream<Path> all = Files.walk(device.toRealPath(), 3)) {
            return all.filter(p -> p.getParent() != null && p.getParent().getFileName().toString().equals("net")).map(p -> p.getFileName().toString())
                    .findFirst().orElseThrow(() -> new IOException(address + ": expected a network interface of Linux's there, found none"));
        }
    }

    Result out(int seconds) throws IOException, InterruptedException {
        String frame = "{ fill(0xff, 6), 0x02, fill(0x00, 5), 0x88, 0xb5, fill(0x00, " + (size - 14) + ") }\n";
        Path file = Files.writeString(Files.createTempFile("frame", ".cfg"), frame);
        try {
            return run(List.of(PROGRAMS + "trafgen", "--dev", link, "--conf", file.toString(), "--cpus", "1"), seconds, OUT, "out");
        } finally {
            Files.delete(file);
        }
    }

    /** What {@link #ask} asked for; ends when no more comes. */
    Result in(int seconds) throws IOException, InterruptedException {
        Result result = run(List.of(PROGRAMS + "netsniff-ng", "--in", link, "--silent", "--ring-size", "16MiB", "--no-promisc"), seconds, IN, "in");
        long before = -1;
        int looks = 0;
        for (long now = received(); now != before && looks++ < MOST_QUIET; now = received()) {
            before = now;
            TimeUnit.MILLISECONDS.sleep(QUIET_MS);
        }
        return result;
    }

    private long received() throws IOException {
        return Long.parseLong(Files.readString(Path.of("/sys/class/net", link, "statistics/rx_packets")).strip());
    }

    /** Asks the other end for frames for so long. @param device over the interface */
    void ask(NetDevice device, int seconds) throws IOException, InterruptedException {
        try (NetQueue queue = device.open(0)) {
            FrameRate.ask(device, queue, size, TimeUnit.SECONDS.toNanos(seconds));
        }
    }

    private Result run(List<String> command, int seconds, Pattern count, String direction) throws IOException, InterruptedException {
        ProcessBuilder builder = new ProcessBuilder(command).redirectErrorStream(true);
        builder.environment().putAll(Map.of("HOME", "/run", "LC_ALL", "C"));
        Path told = Files.createTempFile("told", ".txt");
        try {
            Process process = builder.redirectOutput(told.toFile()).start();
            process.getOutputStream().close();
            boolean early = process.waitFor(seconds, TimeUnit.SECONDS);
            double cpu = Stream.concat(Stream.of(process.toHandle()), process.descendants())
                    .mapToLong(h -> h.info().totalCpuDuration().map(java.time.Duration::toNanos).orElse(0L)).sum() / 1e3;
            end(process);
            String said = Files.readString(told, StandardCharsets.UTF_8);
            Matcher time = TIME.matcher(said);
            if (early || !time.find()) {
                throw new IOException("expected " + command.getFirst() + " to tell what it did in " + seconds + " s, found: " + said);
            }
            double frames = number(count, said) - (said.contains("packets failed") ? number(DROPPED, said) : 0);
            double rate = frames / (Long.parseLong(time.group(1)) + Long.parseLong(time.group(2)) / 1e6);
            return new Result(link, direction, size, rate, rate * size * 8 / 1e6, cpu / frames);
        } finally {
            Files.delete(told);
        }
    }

    /** Its workers first: they tell what they did when they are asked to end. */
    private static void end(Process process) throws InterruptedException {
        List<ProcessHandle> workers = process.descendants().toList();
        workers.forEach(ProcessHandle::destroy);
        process.destroy();
        if (!process.waitFor(MORE_SECONDS, TimeUnit.SECONDS)) {
            workers.forEach(ProcessHandle::destroyForcibly);
            process.destroyForcibly();
        }
    }

    private static double number(Pattern pattern, String text) throws IOException {
        Matcher found = pattern.matcher(text);
        if (!found.find()) {
            throw new IOException("expected " + pattern + ", found: " + text);
        }
        return Double.parseDouble(found.group(1));
    }
}
