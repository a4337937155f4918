package org.cloudos.journal.ship;

import java.io.IOException;
import java.net.URI;
import java.net.URISyntaxException;
import java.time.Instant;
import java.util.ArrayList;
import java.util.List;
import org.cloudos.config.Constraint;
import org.cloudos.journal.Query;
import org.osgi.service.component.annotations.Component;

/** Refuses targets and ports that could never work, before those in force are given up for them. */
@Component(property = "cloudos.gate=false")
public final class ShipSettings implements Constraint {
    private static final String SHIP = "journal.ship~", RECEIVE = "journal.receive~";

    @Override
    public List<Violation> check(Proposal proposal) {
        List<Violation> violations = new ArrayList<>();
        proposal.values().forEach((key, value) -> {
            String text = String.valueOf(value);
            if (!text.contains("${") && (key.startsWith(SHIP) || key.startsWith(RECEIVE))) { // what a reference stands for is not known here
                try {
                    look(key, value, text);
                } catch (IOException | URISyntaxException | IllegalArgumentException e) {
                    violations.add(new Violation(List.of(key), String.valueOf(e.getMessage()).replaceFirst("^(url|facility|headers): ", "")));
                }
            }
        });
        return violations;
    }

    private static void look(String key, Object value, String text) throws IOException, URISyntaxException {
        String name = key.substring(key.lastIndexOf('.') + 1);
        if (key.startsWith(RECEIVE)) {
            if (name.equals("url")) {
                SyslogReceiver.check(new URI(text));
            }
            return;
        }
        switch (name) {
            case "url" -> Target.uri(text);
            case "query" -> Query.parse(text, Instant.EPOCH);
            case "facility" -> Target.facility(text);
            case "headers" -> Target.headers(value instanceof List<?> list ? list.stream().map(String::valueOf).toArray(String[]::new) : new String[0]);
            default -> { }
        }
    }
}
