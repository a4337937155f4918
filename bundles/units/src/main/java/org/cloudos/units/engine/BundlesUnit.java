package org.cloudos.units.engine;

import java.util.List;
import java.util.Map;
import org.cloudos.units.UnitStatus.Active;
import org.cloudos.units.file.Settings;
import org.cloudos.units.file.UnitName;

/**
 * A set of bundles as a unit: {@code NAME.bundles} with {@code [Bundles] Bundle=NAME ...}. They are started in the order in which they
 * stand, and stopped in the reverse; when one of them stops by itself the unit has failed.
 */
final class BundlesUnit extends Unit {
    private static final String BUNDLES = "Bundles";
    private static final long ROUND = 500_000_000;

    /** The words of svc:status. */
    private enum State { DEAD, START, RUNNING, STOP, FAILED }

    private State state = State.DEAD;
    private List<String> bundles = List.of();
    private boolean stopBundles;
    private Loop.Timer timer;

    BundlesUnit(Engine engine, UnitName id) {
        super(engine, id);
    }

    @Override Active active() {
        return switch (state) {
            case DEAD -> Active.INACTIVE;
            case START -> Active.ACTIVATING;
            case RUNNING -> Active.ACTIVE;
            case STOP -> Active.DEACTIVATING;
            case FAILED -> Active.FAILED;
        };
    }

    @Override String sub() {
        return state.name().toLowerCase(java.util.Locale.ROOT);
    }

    @Override void configure(Settings s) {
        bundles = s.words(BUNDLES, "Bundle");
        stopBundles = s.bool(BUNDLES, "StopBundles", true);
        if (bundles.isEmpty()) {
            throw new IllegalArgumentException("expected Bundle= with symbolic names or jar files, found none");
        }
    }

    @Override void addDefaultDependencies() {
        runBetweenBootAndShutdown();
    }

    private void set(State to) {
        boolean changed = state != to;
        state = to;
        if (changed) {
            changed();
        }
    }

    @Override Answer start() {
        if (state == State.STOP) {
            return Answer.LATER;
        }
        if (!countStart()) {
            failed("start-limit-hit", "started too often in too short a time");
            set(State.FAILED);
            return Answer.FAILED;
        }
        List<String> missing = engine.world().bundles().missing(bundles);
        if (!missing.isEmpty()) {
            failed("resources", "there is no bundle " + String.join(", ", missing));
            set(State.FAILED);
            return Answer.FAILED;
        }
        set(State.START);
        engine.world().elsewhere(() -> {
            String trouble = "";
            for (String bundle : bundles) {
                try {
                    engine.world().bundles().start(bundle);
                } catch (Exception e) {
                    trouble = bundle + ": " + e.getMessage();
                    break;
                }
            }
            String why = trouble;
            engine.loop().post(() -> started(why));
        });
        return Answer.UNDER_WAY;
    }

    private void started(String trouble) {
        if (state != State.START) {
            return;
        }
        if (trouble.isEmpty()) {
            result("success");
            set(State.RUNNING);
            timer = engine.loop().after(ROUND, this::look);
        } else {
            failed("bundle", trouble);
            set(State.FAILED);
        }
    }

    private void look() {
        timer = null;
        String down = bundles.stream().filter(b -> !engine.world().bundles().active(b)).findFirst().orElse("");
        if (state == State.RUNNING && !down.isEmpty()) {
            failed("bundle", down + " does not run any more");
            set(State.FAILED);
        } else if (state == State.RUNNING) {
            timer = engine.loop().after(ROUND, this::look);
        }
    }

    @Override Answer stop() {
        if (timer != null) {
            timer.cancel();
            timer = null;
        }
        if (state == State.FAILED || !stopBundles) {
            set(State.DEAD);
            return Answer.UNDER_WAY;
        }
        set(State.STOP);
        engine.world().elsewhere(() -> {
            for (String bundle : bundles.reversed()) {
                try {
                    engine.world().bundles().stop(bundle);
                } catch (Exception e) {
                    engine.world().log(id().toString(), true, bundle + " did not stop: " + e.getMessage());
                }
            }
            engine.loop().post(() -> {
                if (state == State.STOP) {
                    set(State.DEAD);
                }
            });
        });
        return Answer.UNDER_WAY;
    }

    @Override void resetFailed() {
        if (state == State.FAILED) {
            set(State.DEAD);
        }
    }

    @Override void describe(Map<String, String> properties) {
        properties.put("Bundles", String.join(" ", bundles));
    }
}
