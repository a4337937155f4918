package org.cloudos.config.layers;

import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.TreeMap;
import org.cloudos.config.Constraint;
import org.cloudos.config.Problem;
import org.cloudos.config.Setting;
import org.cloudos.config.Source;

/** Asks the checks across bundles. */
final class Constraints {
    private final List<Constraint> constraints;

    Constraints(List<Constraint> constraints) {
        this.constraints = constraints;
    }

    void check(Evaluation tree, List<Problem> problems) {
        Map<String, Setting> settings = tree.settings(true);
        Constraint.Proposal proposal = new Constraint.Proposal() {
            @Override public Optional<Object> value(String key) {
                return tree.setting(key).map(Setting::value);
            }

            @Override public Map<String, Object> values() {
                Map<String, Object> values = new TreeMap<>();
                settings.forEach((key, setting) -> values.put(key, setting.value()));
                return values;
            }
        };
        for (Constraint constraint : constraints) {
            try {
                for (Constraint.Violation violation : constraint.check(proposal)) {
                    problems.add(Problem.error(source(settings, violation), String.join(", ", violation.keys()), violation.message()));
                }
            } catch (RuntimeException e) {
                problems.add(Problem.warning(null, "", "the check " + constraint.getClass().getName() + " failed: " + e));
            }
        }
    }

    /** The first of the keys that somebody set. */
    private static Source source(Map<String, Setting> settings, Constraint.Violation violation) {
        return violation.keys().stream().map(settings::get).filter(s -> s != null && s.source().line() > 0)
                .map(Setting::source).findFirst().orElse(null);
    }
}
