package org.cloudos.health;

import java.util.ArrayList;
import java.util.List;
import org.cloudos.config.Constraint;
import org.cloudos.metrics.History;
import org.osgi.service.component.annotations.Activate;
import org.osgi.service.component.annotations.Component;
import org.osgi.service.component.annotations.Reference;

/** Refuses a webhook that is no URL and rules that can't be evaluated, before the rules in force are given up for them. */
@Component(property = "cloudos.gate=false")
public final class HealthSettings implements Constraint {
    private static final String WEBHOOK = "health.webhook", RULE = "health.rule~";
    private final History history;

    /** Expressions are checked by who evaluates them. */
    @Activate
    public HealthSettings(@Reference History history) {
        this.history = history;
    }

    @Override
    public List<Violation> check(Proposal proposal) {
        List<Violation> violations = new ArrayList<>();
        look(WEBHOOK, proposal.value(WEBHOOK).orElse(""), violations);
        proposal.values().forEach((key, value) -> {
            if (key.startsWith(RULE)) {
                look(key, value, violations);
            }
        });
        return violations;
    }

    private void look(String key, Object value, List<Violation> violations) {
        String text = String.valueOf(value).strip();
        if (text.isEmpty() || text.contains("${")) { // what a reference stands for is not known here
            return;
        }
        try {
            if (key.equals(WEBHOOK)) {
                Watch.uri(text);
            } else if (key.endsWith(".expression")) {
                history.check(text);
            } else if (key.endsWith(".name") && !ConfiguredRule.wrongName(text).isEmpty()) {
                violations.add(new Violation(List.of(key), ConfiguredRule.wrongName(text)));
            }
        } catch (IllegalArgumentException e) {
            violations.add(new Violation(List.of(key), e.getMessage()));
        }
    }
}
