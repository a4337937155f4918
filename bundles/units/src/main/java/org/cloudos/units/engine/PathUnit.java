package org.cloudos.units.engine;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import org.cloudos.units.UnitStatus.Active;
import org.cloudos.units.Units;
import org.cloudos.units.file.Settings;
import org.cloudos.units.file.UnitName;
import org.cloudos.units.file.Values;

/**
 * Starts a unit when something happens to a path; systemd.path(5). Paths are looked at four times a second: what is there, its size
 * and the times of its change. A change that is undone in between is missed.
 */
final class PathUnit extends Unit {
    private static final String PATH = "Path";
    private static final List<String> KEYS = List.of("PathExists", "PathExistsGlob", "PathChanged", "PathModified", "DirectoryNotEmpty");
    private static final long ROUND = 250_000_000;

    /** The words of systemctl. */
    private enum State { DEAD, WAITING, RUNNING, FAILED }

    /** @param key what is waited for */
    private record Spec(String key, String path) {
        boolean level() {
            return !key.equals("PathChanged") && !key.equals("PathModified");
        }

        boolean holds() {
            return switch (key) {
                case "PathExists" -> Files.exists(Path.of(path));
                case "PathExistsGlob" -> !Conditions.glob(path).isEmpty();
                case "DirectoryNotEmpty" -> Conditions.notEmpty(Path.of(path));
                default -> false;
            };
        }

        /** Changes when the file does. */
        String mark() {
            try {
                Map<String, Object> a = Files.readAttributes(Path.of(path), "unix:ino,ctime,lastModifiedTime,size");
                return a.get("ino") + " " + a.get("lastModifiedTime") + " " + a.get("size") + " " + a.get("ctime");
            } catch (IOException e) {
                return "";
            }
        }
    }

    private State state = State.DEAD;
    private List<Spec> specs = List.of();
    private final List<String> marks = new ArrayList<>();
    private boolean makeDirectory;
    private StartLimit limit = new StartLimit(Duration.ofSeconds(2), 200);
    private Loop.Timer timer;

    PathUnit(Engine engine, UnitName id) {
        super(engine, id);
    }

    @Override Active active() {
        return state == State.DEAD ? Active.INACTIVE : state == State.FAILED ? Active.FAILED : Active.ACTIVE;
    }

    @Override String sub() {
        return state.name().toLowerCase(java.util.Locale.ROOT);
    }

    @Override void configure(Settings s) {
        List<Spec> all = new ArrayList<>();
        for (String key : KEYS) {
            s.list(PATH, key, v -> List.of(Values.path(s.specifiers().apply(v)))).forEach(p -> all.add(new Spec(key, p)));
        }
        specs = List.copyOf(all);
        if (specs.isEmpty()) {
            throw new IllegalArgumentException("expected PathExists=, PathChanged= or another path, found none");
        }
        makeDirectory = s.bool(PATH, "MakeDirectory", false);
        limit = new StartLimit(s.span(PATH, "TriggerLimitIntervalSec", Duration.ofSeconds(2)), s.number(PATH, "TriggerLimitBurst", 200, 0, Integer.MAX_VALUE));
        String target = s.text(PATH, "Unit", id().as("service").toString());
        addDep(Dep.TRIGGERS, target);
        addDep(Dep.BEFORE, target);
        specs.forEach(p -> UnitSection.mountsFor(this, p.path(), Dep.REQUIRES));
    }

    @Override void addDefaultDependencies() {
        addDep(Dep.BEFORE, "paths.target");
        runBetweenBootAndShutdown();
    }

    @Override Answer start() {
        if (makeDirectory) {
            for (Spec spec : specs) {
                try {
                    if (!spec.key().startsWith("PathExists")) {
                        Files.createDirectories(Path.of(spec.path()));
                    }
                } catch (IOException e) {
                    engine.log(this, true, "MakeDirectory=: " + e.getMessage());
                }
            }
        }
        marks.clear();
        specs.forEach(p -> marks.add(p.mark()));
        set(State.WAITING);
        look();
        return Answer.UNDER_WAY;
    }

    @Override Answer stop() {
        if (timer != null) {
            timer.cancel();
            timer = null;
        }
        set(State.DEAD);
        return Answer.UNDER_WAY;
    }

    @Override void resetFailed() {
        if (state == State.FAILED) {
            set(State.DEAD);
        }
    }

    private void set(State to) {
        boolean changed = state != to;
        state = to;
        if (changed) {
            changed();
        }
    }

    private void look() {
        timer = null;
        boolean hit = false;
        for (int i = 0; i < specs.size(); i++) {
            Spec spec = specs.get(i);
            if (spec.level()) {
                hit |= spec.holds();
            } else {
                String now = spec.mark();
                hit |= !now.equals(marks.get(i));
                marks.set(i, now);
            }
        }
        if (hit && state == State.WAITING) {
            trigger();
        }
        if (state == State.WAITING) {
            timer = engine.loop().after(ROUND, this::look);
        }
    }

    private void trigger() {
        if (!limit.count(engine.world().nanos())) {
            failed("trigger-limit-hit", "triggered too often in too short a time");
            set(State.FAILED);
            return;
        }
        deps(Dep.TRIGGERS).stream().findFirst().ifPresent(unit -> {
            set(State.RUNNING);
            engine.enqueue(unit, JobType.START, Units.Mode.REPLACE);
            triggered(unit);
        });
    }

    @Override void triggered(Unit by) {
        if (state == State.RUNNING && by.active().down() && by.job == null) {
            if (by.active() == Active.FAILED && by.result().equals("start-limit-hit")) {
                failed("unit-start-limit-hit", by.id() + " was started too often");
                set(State.FAILED);
                return;
            }
            set(State.WAITING);
            if (timer == null) {
                timer = engine.loop().after(ROUND, this::look);
            }
        }
    }

    @Override void describe(Map<String, String> properties) {
        properties.put("Paths", String.join("; ", specs.stream().map(s -> s.key() + "=" + s.path()).toList()));
    }
}
