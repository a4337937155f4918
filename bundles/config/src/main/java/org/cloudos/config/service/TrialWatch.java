package org.cloudos.config.service;

import java.time.Duration;
import java.util.Map;
import java.util.TreeMap;
import java.util.function.Consumer;
import java.util.stream.Collectors;
import org.cloudos.config.apply.HealthLook;

/** Looks at the system's health while a change is on trial, and ends the trial at its deadline. */
final class TrialWatch implements Runnable {
    private static final Duration STEP = Duration.ofMillis(500);

    private final HealthLook health;
    private final Map<String, String> before;
    private final Map<String, String> beforeStrictly;
    private final Duration limit;
    private final Consumer<String> back;
    private final Thread thread = Thread.ofVirtual().name("configuration trial").unstarted(this);
    private long end;

    /**
     * Before the change.
     *
     * @param back ends the trial, for this reason
     */
    TrialWatch(HealthLook health, Duration limit, Consumer<String> back) {
        this.health = health;
        this.before = health.complaints(false);
        this.beforeStrictly = health.complaints(true);
        this.limit = limit;
        this.back = back;
    }

    /** When the change is in force. */
    void start() {
        end = System.nanoTime() + limit.toNanos();
        thread.start();
    }

    void stop() {
        if (thread != Thread.currentThread()) {
            thread.interrupt();
        }
    }

    @Override
    public void run() {
        try {
            Map<String, String> last = Map.of();
            while (true) {
                long left = end - System.nanoTime();
                if (left <= 0) {
                    back.accept("not confirmed within " + limit.toSeconds() + " s");
                    return;
                }
                Thread.sleep(Duration.ofNanos(Math.min(left, STEP.toNanos())));
                Map<String, String> now = worse(false);
                // Twice, since a component is away for a moment while it takes a new configuration.
                if (last.keySet().stream().anyMatch(now::containsKey)) {
                    back.accept("health turned bad: " + text(now));
                    return;
                }
                last = now;
            }
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt(); // confirmed, cancelled, or the bundle stops
        }
    }

    /** What was well before and is not any more. */
    Map<String, String> worse(boolean strict) {
        Map<String, String> now = new TreeMap<>(health.complaints(strict));
        now.keySet().removeAll((strict ? beforeStrictly : before).keySet());
        return now;
    }

    static String text(Map<String, String> complaints) {
        return complaints.entrySet().stream().map(e -> e.getKey() + " " + e.getValue()).collect(Collectors.joining("; "));
    }
}
