package org.cloudos.units.engine;

import java.nio.file.Path;
import java.time.Duration;
import java.time.Instant;
import java.time.ZoneId;
import java.time.ZoneOffset;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.CopyOnWriteArrayList;
import java.util.concurrent.atomic.AtomicLong;
import org.cloudos.units.UnitEvent;
import org.cloudos.units.process.Accounts;
import org.cloudos.units.process.Cgroups;

/** This machine, with a folder for everything, and everything that was said written down. */
final class TestWorld implements World {
    final List<String> log = new CopyOnWriteArrayList<>();
    final List<String> output = new CopyOnWriteArrayList<>();
    final List<UnitEvent> events = new CopyOnWriteArrayList<>();
    final Map<String, Boolean> bundles = new ConcurrentHashMap<>();
    final AtomicLong wallOffset = new AtomicLong();
    private final Path folder;
    private final Cgroups cgroups;
    private final boolean privileged;
    private final long begin = System.nanoTime();

    TestWorld(Path folder, Cgroups cgroups, boolean privileged) {
        this.folder = folder;
        this.cgroups = cgroups;
        this.privileged = privileged;
    }

    @Override public long nanos() {
        return System.nanoTime();
    }

    @Override public Instant now() {
        return Instant.now().plusNanos(wallOffset.get());
    }

    @Override public ZoneId zone() {
        return ZoneOffset.UTC;
    }

    @Override public Duration uptime() {
        return Duration.ofNanos(System.nanoTime() - begin);
    }

    @Override public Optional<Cgroups> cgroups() {
        return Optional.ofNullable(cgroups);
    }

    @Override public Accounts accounts() {
        return new Accounts(Path.of("/etc"));
    }

    @Override public boolean privileged() {
        return privileged;
    }

    @Override public Folders folders() {
        return new Folders(folder.resolve("run"), folder.resolve("lib"), folder.resolve("cache"), folder.resolve("log"), folder.resolve("etc"),
                folder.resolve("ours"),
                folder.resolve("notify"));
    }

    @Override public Map<Character, String> facts() {
        Map<Character, String> facts = new java.util.HashMap<>(Map.of('H', "test", 't', folder.resolve("run").toString(), 'a', "x86-64", 'v', "6.1.0",
                'm', "0123"));
        "SCLEdhuUgGsbTVDqloWwBAM".chars().forEach(c -> facts.putIfAbsent((char) c, "x"));
        return facts;
    }

    @Override public Bundles bundles() {
        return new Bundles() {
            @Override public void start(String name) throws Exception {
                if (name.equals("broken")) {
                    throw new Exception("it is broken");
                }
                bundles.put(name, true);
            }

            @Override public void stop(String name) {
                bundles.put(name, false);
            }

            @Override public boolean active(String name) {
                return bundles.getOrDefault(name, false);
            }

            @Override public List<String> missing(List<String> names) {
                return names.stream().filter(n -> n.equals("missing")).toList();
            }
        };
    }

    @Override public void log(String unit, boolean bad, String message) {
        log.add(unit + " " + message);
    }

    @Override public void output(String unit, String identifier, long pid, int priority, String line) {
        output.add(unit + " " + identifier + " " + priority + " " + line);
    }

    @Override public void changed(UnitEvent event) {
        events.add(event);
    }

    @Override public void elsewhere(Runnable work) {
        Thread.ofVirtual().start(work);
    }
}
