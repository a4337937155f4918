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
                    look(key, value, text, proposal);
                } catch (IOException | URISyntaxException | IllegalArgumentException e) {
                    violations.add(new Violation(List.of(key), String.valueOf(e.getMessage()).replaceFirst("^(url|facility|headers): ", "")));
                }
            }
        });
        return violations;
    }

    private static void look(String key, Object value, String text, Proposal proposal) throws IOException, URISyntaxException {
        int dot = key.lastIndexOf('.');
        String name = key.substring(dot + 1);
        if (key.startsWith(RECEIVE)) {
            if (name.equals("url")) {
                receiver(new URI(text), proposal.value(key.substring(0, dot) + ".certificate").map(Object::toString).orElse(""));
            }
            return;
        }
        switch (name) {
            case "url" -> port(Target.uri(text));
            case "query" -> Query.parse(text, Instant.EPOCH);
            case "facility" -> Target.facility(text);
            case "headers" -> Target.headers(value instanceof List<?> list ? list.stream().map(String::valueOf).toArray(String[]::new) : new String[0]);
            default -> { }
        }
    }

    private static void receiver(URI uri, String certificate) throws IOException {
        SyslogReceiver.check(uri);
        port(uri);
        if (uri.getScheme().equals("tls") && certificate.isBlank()) {
            throw new IOException(SyslogReceiver.NO_CERTIFICATE);
        }
    }

    private static void port(URI uri) throws IOException {
        if (uri.getPort() > 65_535) {
            throw new IOException("expected a port from 0 to 65535, found " + uri.getPort());
        }
    }
}
