package org.cloudos.kernel.swap.deploy;

import java.time.Duration;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.function.BooleanSupplier;
import org.cloudos.kernel.swap.gate.Cost;
import org.cloudos.kernel.swap.gate.Hold;
import org.osgi.framework.Bundle;

/** Watches changed bundles under the callers' load: are they running, healthy, and do their calls link? */
final class Trial {
    private static final Duration EVERY = Duration.ofMillis(200), CHECK_LIMIT = Duration.ofSeconds(5);
    /** A service may go for a moment, as when its component is configured anew. */
    private static final int MISSED_LOOKS = 5;
    /** Health checks may be costly: they run each so many looks. */
    private static final int HEALTH_LOOKS = 5;

    private final Health health;
    private final Components components;
    private final Hold hold;
    private final Cost cost;
    private final Map<Bundle, Set<String>> satisfiedBefore;
    private final BooleanSupplier ending;
    private int missed, looks;

    Trial(Health health, Components components, Hold hold, Cost cost, Map<Bundle, Set<String>> satisfiedBefore,
            BooleanSupplier ending) {
        this.health = health;
        this.components = components;
        this.hold = hold;
        this.cost = cost;
        this.satisfiedBefore = satisfiedBefore;
        this.ending = ending;
    }

    /**
     * Watches for so long, at least once. Returns what is wrong as soon as something is.
     *
     * @param grace how much longer it may take until everything is there that was there before
     */
    Optional<String> watch(List<Bundle> bundles, Duration trial, Duration grace) throws InterruptedException {
        long end = System.nanoTime() + trial.toNanos();
        while (!ending.getAsBoolean()) {
            long left = end - System.nanoTime();
            Optional<String> wrong = look(bundles, false);
            if (wrong.isPresent()) return wrong;
            if (left <= 0) {
                wrong = look(bundles, true);
                if (wrong.isEmpty() || left < -grace.toNanos()) return wrong;
            }
            Thread.sleep(left <= 0 ? EVERY.toMillis() : Math.min(EVERY.toMillis(), left / 1_000_000 + 1));
        }
        return Optional.empty();
    }

    private Optional<String> look(List<Bundle> bundles, boolean last) {
        if (cost.fault() != null) return Optional.of("calls fail: " + Words.of(cost.fault()));
        boolean healthToo = last || looks++ % HEALTH_LOOKS == 0;
        List<String> missing = hold.missing();
        missed = missing.isEmpty() ? 0 : missed + 1;
        if (missed > MISSED_LOOKS || last && missed > 0) return Optional.of("no longer there: " + missing.getFirst());
        for (Bundle bundle : bundles) {
            if (bundle.getState() != Bundle.ACTIVE && bundle.getState() != Bundle.STARTING) {
                return Optional.of(bundle.getSymbolicName() + " stopped");
            }
            Optional<String> wrong = components
                    .complaint(bundle, satisfiedBefore.getOrDefault(bundle, Set.of()), last)
                    .or(() -> healthToo ? health.complaint(bundle, CHECK_LIMIT, last) : Optional.empty());
            if (wrong.isPresent()) return wrong;
        }
        return Optional.empty();
    }
}
