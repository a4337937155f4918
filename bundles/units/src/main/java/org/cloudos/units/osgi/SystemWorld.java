package org.cloudos.units.osgi;

import java.io.IOException;
import java.net.InetAddress;
import java.net.UnknownHostException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.time.Instant;
import java.time.ZoneId;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.concurrent.CopyOnWriteArrayList;
import java.util.function.Consumer;
import org.cloudos.units.UnitEvent;
import org.cloudos.units.engine.World;
import org.cloudos.units.process.Accounts;
import org.cloudos.units.process.Cgroups;

/** This machine, this process and this framework. */
final class SystemWorld implements World {
    private final Folders folders;
    private final boolean privileged;
    private final Cgroups cgroups;
    private final Accounts accounts = new Accounts(Path.of("/etc"));
    private final Map<Character, String> facts;
    private final Bundles bundles;
    private final Sink sink;
    private final long begin; // by the clock that nobody sets
    private final boolean booted;
    private final List<Consumer<UnitEvent>> listeners = new CopyOnWriteArrayList<>();

    /** Where messages and output go. */
    interface Sink {
        void log(String unit, boolean bad, String message);

        void output(String unit, String identifier, long pid, int priority, String line);
    }

    /** @param data of this system. @param booted whether the machine is ours */
    SystemWorld(Path data, boolean booted, String name, Bundles bundles, Sink sink) {
        this.booted = booted;
        this.bundles = bundles;
        this.sink = sink;
        this.begin = System.nanoTime() - Duration.ofMillis(Long.getLong("cloudos.epoch.offset.ms", 0)).toNanos();
        this.privileged = booted || "0".equals(own("Uid"));
        Path ours = data.resolve("units");
        Path sockets = privileged ? Path.of("/run", name + ".units") : ours.resolve("notify");
        this.folders = privileged ? new Folders(Path.of("/run"), Path.of("/var/lib"), Path.of("/var/cache"), Path.of("/var/log"), Path.of("/etc"),
                ours, sockets)
                : new Folders(ours.resolve("run"), ours.resolve("lib"), ours.resolve("cache"), ours.resolve("log"), ours.resolve("etc"), ours, sockets);
        this.cgroups = Cgroups.open(name).orElse(null);
        this.facts = collect();
    }

    private static String own(String key) {
        try {
            return Files.readAllLines(Path.of("/proc/self/status")).stream().filter(l -> l.startsWith(key + ":")).findFirst()
                    .map(l -> l.substring(key.length() + 1).trim().split("\\s+")[1]).orElse("");
        } catch (IOException e) {
            return "";
        }
    }

    private static String read(String file) {
        try {
            return Files.readString(Path.of(file)).strip();
        } catch (IOException e) {
            return "";
        }
    }

    private Map<Character, String> collect() {
        Map<Character, String> all = new HashMap<>();
        String host = read("/proc/sys/kernel/hostname");
        if (host.isEmpty()) {
            try {
                host = InetAddress.getLocalHost().getHostName();
            } catch (UnknownHostException e) {
                host = "localhost";
            }
        }
        boolean root = privileged;
        all.put('H', host);
        all.put('q', host);
        all.put('l', host.replaceFirst("\\..*", ""));
        all.put('m', read("/etc/machine-id"));
        all.put('b', read("/proc/sys/kernel/random/boot_id").replace("-", ""));
        all.put('v', read("/proc/sys/kernel/osrelease"));
        all.put('a', System.getProperty("os.arch").equals("amd64") ? "x86-64" : System.getProperty("os.arch").equals("aarch64") ? "arm64"
                : System.getProperty("os.arch"));
        all.put('t', folders.run().toString());
        all.put('S', folders.state().toString());
        all.put('C', folders.cache().toString());
        all.put('L', folders.logs().toString());
        all.put('E', folders.config().toString());
        all.put('d', "");
        all.put('D', root ? "/usr/share" : System.getProperty("user.home") + "/.local/share");
        all.put('T', "/tmp");
        all.put('V', "/var/tmp");
        all.put('h', root ? "/root" : System.getProperty("user.home"));
        all.put('u', root ? "root" : System.getProperty("user.name"));
        all.put('U', own("Uid").isEmpty() ? "0" : own("Uid"));
        all.put('g', root ? "root" : System.getProperty("user.name"));
        all.put('G', own("Gid").isEmpty() ? "0" : own("Gid"));
        all.put('s', "/bin/sh");
        release(all);
        return Map.copyOf(all);
    }

    private static void release(Map<Character, String> all) {
        Map<String, String> keys = new HashMap<>();
        read("/etc/os-release").lines().filter(l -> l.indexOf('=') > 0)
                .forEach(l -> keys.put(l.substring(0, l.indexOf('=')), l.substring(l.indexOf('=') + 1).replace("\"", "")));
        all.put('o', keys.getOrDefault("ID", ""));
        all.put('w', keys.getOrDefault("VERSION_ID", ""));
        all.put('W', keys.getOrDefault("VARIANT_ID", ""));
        all.put('B', keys.getOrDefault("BUILD_ID", ""));
        all.put('A', keys.getOrDefault("IMAGE_VERSION", ""));
        all.put('M', keys.getOrDefault("IMAGE_ID", ""));
    }

    @Override public long nanos() {
        return System.nanoTime();
    }

    @Override public Instant now() {
        return Instant.now();
    }

    @Override public ZoneId zone() {
        return ZoneId.systemDefault();
    }

    @Override public Duration uptime() {
        if (booted) {
            String seconds = read("/proc/uptime").split(" ")[0];
            if (!seconds.isEmpty()) {
                return Duration.ofMillis((long) (Double.parseDouble(seconds) * 1000));
            }
        }
        return Duration.ofNanos(System.nanoTime() - begin);
    }

    @Override public Optional<Cgroups> cgroups() {
        return Optional.ofNullable(cgroups);
    }

    @Override public Accounts accounts() {
        return accounts;
    }

    @Override public boolean privileged() {
        return privileged;
    }

    @Override public Folders folders() {
        return folders;
    }

    @Override public Map<Character, String> facts() {
        return facts;
    }

    @Override public Bundles bundles() {
        return bundles;
    }

    @Override public void log(String unit, boolean bad, String message) {
        sink.log(unit, bad, message);
    }

    @Override public void output(String unit, String identifier, long pid, int priority, String line) {
        sink.output(unit, identifier, pid, priority, line);
    }

    void listen(Consumer<UnitEvent> listener) {
        listeners.add(listener);
    }

    @Override public void changed(UnitEvent event) {
        listeners.forEach(l -> l.accept(event));
    }

    @Override public void elsewhere(Runnable work) {
        Thread.ofVirtual().name("units: bundles").start(work);
    }
}
