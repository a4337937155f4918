package org.cloudos.trace;

import java.util.List;
import org.cloudos.config.Constraint;
import org.osgi.service.component.annotations.Component;

/** Refuses a collector that no span could ever be sent to, before the running one is given up for it. */
@Component(property = "cloudos.gate=false")
public final class TraceSettings implements Constraint {
    private static final String ENDPOINT = "trace.endpoint";

    @Override
    public List<Violation> check(Proposal proposal) {
        String text = String.valueOf(proposal.value(ENDPOINT).orElse("")).strip();
        if (text.isEmpty() || text.contains("${")) { // what a reference stands for is not known here
            return List.of();
        }
        try {
            Tracing.endpoint(text);
            return List.of();
        } catch (IllegalArgumentException e) {
            return List.of(new Violation(List.of(ENDPOINT), e.getMessage()));
        }
    }
}
