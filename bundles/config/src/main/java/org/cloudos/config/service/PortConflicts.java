package org.cloudos.config.service;

import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import org.cloudos.config.Constraint;

/** No two sections may listen on the same TCP port. 0 takes any that is free; a port of a part that is off does not count. */
final class PortConflicts implements Constraint {
    private static final String PORT = "port";

    @Override
    public List<Violation> check(Proposal proposal) {
        Map<Number, String> taken = new HashMap<>();
        List<Violation> violations = new ArrayList<>();
        proposal.values().forEach((key, value) -> {
            boolean port = key.endsWith("." + PORT) && value instanceof Integer number && number > 0;
            if (port && !off(proposal, key)) {
                String other = taken.putIfAbsent((Number) value, key);
                if (other != null) {
                    violations.add(new Violation(List.of(other, key), "expected different ports, found " + value + " for both"));
                }
            }
        });
        return violations;
    }

    private static boolean off(Proposal proposal, String key) {
        String prefix = key.substring(0, key.length() - PORT.length());
        return List.of("enable", "enabled").stream().anyMatch(n -> proposal.value(prefix + n).filter(Boolean.FALSE::equals).isPresent());
    }
}
