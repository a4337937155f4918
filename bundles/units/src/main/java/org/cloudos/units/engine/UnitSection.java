package org.cloudos.units.engine;

import java.time.Duration;
import java.util.List;
import java.util.Map;
import java.util.Set;
import org.cloudos.units.Finding.Severity;
import org.cloudos.units.UnitException;
import org.cloudos.units.Units;
import org.cloudos.units.file.Entry;
import org.cloudos.units.file.Settings;
import org.cloudos.units.file.UnitName;
import org.cloudos.units.file.Values;
import org.cloudos.units.file.Words;

/** Reads {@code [Unit]}, and the folders {@code .wants}, {@code .requires} and {@code .upholds}. */
final class UnitSection {
    private static final Map<String, Dep> KEYS = Map.ofEntries(Map.entry("Requires", Dep.REQUIRES), Map.entry("Requisite", Dep.REQUISITE),
            Map.entry("Wants", Dep.WANTS), Map.entry("BindsTo", Dep.BINDS_TO), Map.entry("BindTo", Dep.BINDS_TO), Map.entry("PartOf", Dep.PART_OF),
            Map.entry("Upholds", Dep.UPHOLDS), Map.entry("Conflicts", Dep.CONFLICTS), Map.entry("Before", Dep.BEFORE), Map.entry("After", Dep.AFTER),
            Map.entry("OnFailure", Dep.ON_FAILURE), Map.entry("OnSuccess", Dep.ON_SUCCESS), Map.entry("PropagatesReloadTo", Dep.PROPAGATES_RELOAD_TO),
            Map.entry("PropagateReloadTo", Dep.PROPAGATES_RELOAD_TO), Map.entry("ReloadPropagatedFrom", Dep.RELOAD_PROPAGATED_FROM),
            Map.entry("PropagateReloadFrom", Dep.RELOAD_PROPAGATED_FROM), Map.entry("PropagatesStopTo", Dep.PROPAGATES_STOP_TO),
            Map.entry("StopPropagatedFrom", Dep.STOP_PROPAGATED_FROM));
    private static final Map<String, Dep> LINKS = Map.of("Wants", Dep.WANTS, "Requires", Dep.REQUIRES, "Upholds", Dep.UPHOLDS);
    private static final String UNIT = "Unit";

    private UnitSection() { }

    static void read(Unit unit, Settings settings) {
        for (String key : settings.keys(UNIT)) {
            Dep dep = KEYS.get(key);
            if (dep != null) {
                dependencies(unit, settings, key, dep);
            }
        }
        for (Map.Entry<String, Set<String>> linked : unit.engine.folders().linked(unit.id()).entrySet()) {
            linked.getValue().forEach(name -> unit.addDep(LINKS.get(linked.getKey()), name));
        }
        settings.list(UNIT, "RequiresMountsFor", v -> Words.split(v).stream().map(settings.specifiers()).map(Values::path).toList())
                .forEach(p -> mountsFor(unit, p, Dep.REQUIRES));
        settings.list(UNIT, "WantsMountsFor", v -> Words.split(v).stream().map(settings.specifiers()).map(Values::path).toList())
                .forEach(p -> mountsFor(unit, p, Dep.WANTS));
        unit.stopWhenUnneeded = settings.bool(UNIT, "StopWhenUnneeded", false);
        unit.refuseManualStart = settings.bool(UNIT, "RefuseManualStart", false);
        unit.refuseManualStop = settings.bool(UNIT, "RefuseManualStop", false);
        unit.allowIsolate = settings.bool(UNIT, "AllowIsolate", false);
        unit.ignoreOnIsolate = settings.bool(UNIT, "IgnoreOnIsolate", List.of("mount", "slice", "socket").contains(unit.id().type()));
        unit.defaultDependencies = settings.bool(UNIT, "DefaultDependencies", true);
        // Where systemd had them before they moved to [Unit], packages still have them.
        String limits = settings.has("Service", "StartLimitInterval") || settings.has("Service", "StartLimitBurst") ? "Service" : UNIT;
        Duration interval = settings.span(UNIT, "StartLimitIntervalSec", settings.span(limits, "StartLimitInterval", Duration.ofSeconds(10)));
        int burst = settings.number(limits, "StartLimitBurst", 5, 0, Integer.MAX_VALUE);
        unit.common(settings.text(UNIT, "Description", ""), Conditions.read(settings), new StartLimit(interval, burst),
                mode(settings), settings.get(UNIT, "JobTimeoutSec", Values::span).filter(d -> !d.equals(Values.FOREVER))
                        .or(() -> settings.get(UNIT, "JobRunningTimeoutSec", Values::span).filter(d -> !d.equals(Values.FOREVER))).orElse(null));
    }

    private static Units.Mode mode(Settings settings) {
        if (settings.bool(UNIT, "OnFailureIsolate", false)) {
            return Units.Mode.ISOLATE;
        }
        String word = settings.word(UNIT, "OnFailureJobMode", "replace",
                List.of("fail", "replace", "replace-irreversibly", "isolate", "flush", "ignore-dependencies", "ignore-requirements"));
        return switch (word) {
            case "fail" -> Units.Mode.FAIL;
            case "isolate" -> Units.Mode.ISOLATE;
            case "ignore-dependencies", "ignore-requirements" -> Units.Mode.IGNORE_DEPENDENCIES;
            default -> Units.Mode.REPLACE;
        };
    }

    private static void dependencies(Unit unit, Settings settings, String key, Dep dep) {
        for (Entry entry : settings.entries(UNIT, key)) {
            List<String> names = settings.attempt(entry, v -> settings.filled(Words.plain(v))).orElse(List.of());
            for (String name : names) {
                try {
                    // A template that is named stands for the instance of the unit that names it.
                    String meant = unit.id().isInstance() && name.indexOf('@') > 0 ? UnitName.parse(name).instantiate(unit.id().instance()).toString()
                            : name;
                    unit.engine.mentioned(meant).ifPresent(other -> unit.addDep(dep, other));
                } catch (UnitException e) {
                    settings.find(Severity.WARNING, entry, e.getMessage() + "; it is left out");
                }
            }
        }
    }

    /** Mount units of a path and of the folders above it, where there are such units. */
    static void mountsFor(Unit unit, String path, Dep dep) {
        for (String at = path; !at.isEmpty(); at = at.substring(0, at.lastIndexOf('/'))) {
            String name = UnitName.escapePath(at) + ".mount";
            if (unit.engine.folders().has(name) && !name.equals(unit.id().toString())) {
                unit.requireAfter(dep, name);
            }
        }
    }
}
