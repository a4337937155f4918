package org.cloudos.units.engine;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.attribute.FileTime;
import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.concurrent.ThreadLocalRandom;
import org.cloudos.units.UnitStatus.Active;
import org.cloudos.units.Units;
import org.cloudos.units.calendar.Calendar;
import org.cloudos.units.file.Entry;
import org.cloudos.units.file.Settings;
import org.cloudos.units.file.UnitName;
import org.cloudos.units.file.Values;

/** Starts a unit at times; systemd.timer(5). A clock that jumps is noticed within 20 s. */
final class TimerUnit extends Unit {
    private static final String TIMER = "Timer";
    private static final List<String> MONOTONIC = List.of("OnActiveSec", "OnBootSec", "OnStartupSec", "OnUnitActiveSec", "OnUnitInactiveSec");
    private static final long CLOCK_ROUND = 20_000_000_000L;

    /** systemd.timer(5), with the words of systemctl. */
    private enum State { DEAD, WAITING, RUNNING, ELAPSED, FAILED }

    /** @param base key that says from when on */
    private record Span(String base, long nanos) { }

    private State state = State.DEAD;
    private List<Calendar> calendars = List.of();
    private List<Span> spans = List.of();
    private boolean persistent;
    private boolean remain;
    private boolean fixedDelay;
    private long randomDelay;
    private String target = "";
    private long startedAt;
    private Instant startedOn;
    private Instant lastTrigger;
    private Instant next;
    private Loop.Timer timer;
    private boolean unitWasUp;
    private long unitActiveAt;
    private long unitInactiveAt;
    private boolean elapsedOnce;

    TimerUnit(Engine engine, UnitName id) {
        super(engine, id);
    }

    @Override Active active() {
        return state == State.DEAD ? Active.INACTIVE : state == State.FAILED ? Active.FAILED : Active.ACTIVE;
    }

    @Override String sub() {
        return state.name().toLowerCase(java.util.Locale.ROOT);
    }

    @Override void configure(Settings s) {
        calendars = s.list(TIMER, "OnCalendar", v -> List.of(Calendar.parse(s.specifiers().apply(v))));
        List<Span> all = new ArrayList<>();
        for (String base : MONOTONIC) {
            for (Entry entry : s.entries(TIMER, base)) {
                s.attempt(entry, Values::span).ifPresent(d -> all.add(new Span(base, ServiceConfig.nanos(d))));
            }
        }
        spans = List.copyOf(all);
        boolean changes = s.bool(TIMER, "OnClockChange", false) || s.bool(TIMER, "OnTimezoneChange", false);
        if (calendars.isEmpty() && spans.isEmpty() && !changes) {
            throw new IllegalArgumentException("expected OnCalendar=, OnBootSec= or another time, found none");
        }
        persistent = s.bool(TIMER, "Persistent", false);
        remain = s.bool(TIMER, "RemainAfterElapse", true);
        fixedDelay = s.bool(TIMER, "FixedRandomDelay", false);
        randomDelay = ServiceConfig.nanos(s.span(TIMER, "RandomizedDelaySec", Duration.ZERO));
        target = s.text(TIMER, "Unit", id().as("service").toString());
        if (target.endsWith(".timer")) {
            throw new IllegalArgumentException("expected a unit of another type in Unit=, found " + target);
        }
        addDep(Dep.TRIGGERS, target);
        addDep(Dep.BEFORE, target);
    }

    @Override void addDefaultDependencies() {
        addDep(Dep.BEFORE, "timers.target");
        runBetweenBootAndShutdown();
        if (!calendars.isEmpty()) {
            addDep(Dep.AFTER, "time-sync.target");
        }
    }

    private Optional<Unit> target() {
        return deps(Dep.TRIGGERS).stream().findFirst();
    }

    @Override Answer start() {
        startedAt = engine.world().nanos();
        startedOn = engine.world().now();
        elapsedOnce = false;
        lastTrigger = persistent ? stamp().orElseGet(this::writeStamp) : null;
        target().ifPresent(t -> unitWasUp = t.active().up());
        set(State.WAITING);
        plan(true);
        return Answer.UNDER_WAY;
    }

    @Override Answer stop() {
        cancel();
        set(State.DEAD);
        return Answer.UNDER_WAY;
    }

    private void set(State to) {
        boolean changed = state != to;
        state = to;
        if (changed) {
            changed();
        }
    }

    private void cancel() {
        if (timer != null) {
            timer.cancel();
            timer = null;
        }
    }

    // Planning

    private void plan(boolean initial) {
        cancel();
        Instant now = engine.world().now();
        long calendar = nextCalendar(now);
        long best = Math.min(nextMonotonic(initial), calendar);
        if (best == Long.MAX_VALUE) {
            next = null;
            set(State.ELAPSED);
            if (!remain) {
                stop();
            }
            return;
        }
        next = now.plusNanos(Math.max(0, best));
        Instant onTheWall = calendar == Long.MAX_VALUE ? Instant.MAX : now.plusNanos(Math.max(0, calendar));
        long wait = calendars.isEmpty() ? best : Math.min(best, CLOCK_ROUND);
        set(State.WAITING);
        timer = engine.loop().after(wait, () -> {
            timer = null;
            if (calendars.isEmpty() || !engine.world().now().isBefore(onTheWall) || nextMonotonic(false) <= 0) {
                elapse();
            } else {
                plan(false); // the clock on the wall may have jumped meanwhile
            }
        });
    }

    /** Nanoseconds from now; {@code Long.MAX_VALUE} for never. */
    private long nextMonotonic(boolean initial) {
        long now = engine.world().nanos();
        long best = Long.MAX_VALUE;
        for (Span span : spans) {
            long passed = switch (span.base()) {
                case "OnActiveSec" -> elapsedOnce ? -1 : now - startedAt;
                case "OnBootSec", "OnStartupSec" -> elapsedOnce ? -1 : engine.world().uptime().toNanos();
                case "OnUnitActiveSec" -> unitActiveAt == 0 ? -1 : now - unitActiveAt;
                default -> unitInactiveAt == 0 ? -1 : now - unitInactiveAt;
            };
            if (passed >= 0 && span.nanos() != ServiceConfig.FOREVER) {
                best = Math.min(best, Math.max(0, span.nanos() - passed) + (initial ? delay() : 0));
            }
        }
        return best;
    }

    /** Counted from the last time that was met, not from now: what a jump of the clock passed over is due. */
    private long nextCalendar(Instant now) {
        Instant met = lastTrigger == null ? startedOn : lastTrigger;
        Instant from = met.isAfter(now) ? now : met;
        long best = Long.MAX_VALUE;
        for (Calendar calendar : calendars) {
            Optional<Instant> at = calendar.next(from, engine.world().zone());
            if (at.isPresent()) {
                long nanos = nanosUntil(now, at.get());
                best = Math.min(best, nanos + delay());
            }
        }
        return best;
    }

    private static long nanosUntil(Instant from, Instant to) {
        Duration d = Duration.between(from, to);
        return d.isNegative() ? 0 : d.getSeconds() > 3_000_000_000L ? 3_000_000_000_000_000_000L : d.toNanos();
    }

    private long delay() {
        if (randomDelay <= 0 || randomDelay == ServiceConfig.FOREVER) {
            return 0;
        }
        String machine = engine.world().facts().getOrDefault('m', "");
        return fixedDelay ? Math.floorMod((machine + id()).hashCode() * 2654435761L, randomDelay) : ThreadLocalRandom.current().nextLong(randomDelay);
    }

    private void elapse() {
        elapsedOnce = true;
        lastTrigger = engine.world().now();
        if (persistent) {
            writeStamp();
        }
        Optional<Unit> unit = target();
        if (unit.isPresent()) {
            set(State.RUNNING);
            engine.enqueue(unit.get(), JobType.START, Units.Mode.REPLACE);
            if (unit.get().job == null && unit.get().active().down()) {
                afterRun();
            }
        }
    }

    @Override void triggered(Unit by) {
        if (active() != Active.ACTIVE) {
            return;
        }
        boolean up = by.active().up() || by.active() == Active.ACTIVATING;
        if (up != unitWasUp) {
            unitWasUp = up;
            if (up) {
                unitActiveAt = engine.world().nanos();
            } else {
                unitInactiveAt = engine.world().nanos();
            }
        }
        if (state == State.RUNNING && by.active().down() && by.job == null) {
            afterRun();
        } else if (state == State.WAITING || state == State.ELAPSED) {
            plan(false);
        } else if (state == State.RUNNING && by.active() == Active.ACTIVE) {
            plan(false); // it stays up: the next time counts all the same
        }
    }

    private void afterRun() {
        plan(false);
    }

    // The time of the last start, for Persistent=

    private Path stampFile() {
        return engine.world().folders().ours().resolve("timers").resolve("stamp-" + id());
    }

    private Optional<Instant> stamp() {
        try {
            return Optional.of(Files.getLastModifiedTime(stampFile()).toInstant());
        } catch (IOException e) {
            return Optional.empty();
        }
    }

    private Instant writeStamp() {
        Instant now = engine.world().now();
        try {
            Files.createDirectories(stampFile().getParent());
            if (!Files.exists(stampFile())) {
                Files.createFile(stampFile());
            }
            Files.setLastModifiedTime(stampFile(), FileTime.from(now));
        } catch (IOException e) {
            engine.log(this, true, "can't keep the time of its last start: " + e.getMessage());
        }
        return now;
    }

    @Override void describe(Map<String, String> properties) {
        properties.put("Unit", target);
        if (next != null && state == State.WAITING) {
            properties.put("NextElapse", next.toString());
        }
        if (lastTrigger != null) {
            properties.put("LastTrigger", lastTrigger.toString());
        }
        if (!calendars.isEmpty()) {
            properties.put("OnCalendar", String.join("; ", calendars.stream().map(Calendar::toString).toList()));
        }
    }
}
