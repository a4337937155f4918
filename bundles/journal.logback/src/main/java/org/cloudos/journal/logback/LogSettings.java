package org.cloudos.journal.logback;

import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.function.Consumer;
import org.cloudos.config.Constraint;
import org.osgi.service.component.annotations.Component;

/** Refuses levels that there are not, before those in force are given up for them. */
@Component(property = "cloudos.gate=false")
public final class LogSettings implements Constraint {
    private static final String LEVEL = "log.level", LEVELS = "log.levels";

    @Override
    public List<Violation> check(Proposal proposal) {
        List<Violation> violations = new ArrayList<>();
        proposal.value(LEVEL).ifPresent(level -> look(LEVEL, level, text -> LogSources.put(new HashMap<>(), LogSources.ROOT, text), violations));
        if (proposal.value(LEVELS).orElse(null) instanceof List<?> pairs) {
            pairs.forEach(pair -> look(LEVELS, pair, text -> LogSources.putPair(new HashMap<>(), text), violations));
        }
        return violations;
    }

    private static void look(String key, Object value, Consumer<String> check, List<Violation> violations) {
        String text = String.valueOf(value);
        if (!text.isBlank() && !text.contains("${")) { // what a reference stands for is not known here
            try {
                check.accept(text);
            } catch (IllegalArgumentException e) {
                violations.add(new Violation(List.of(key), e.getMessage()));
            }
        }
    }
}
