package org.cloudos.config;

import java.util.List;
import java.util.Map;
import java.util.Optional;
import org.osgi.annotation.versioning.ConsumerType;
import org.osgi.annotation.versioning.ProviderType;

/**
 * A check across settings of several bundles, as a whiteboard service: asked about each configuration before it is
 * applied, when all types and ranges are right. Must be quick, and look at nothing but the proposal.
 */
@ConsumerType
public interface Constraint {
    /** What contradicts what; empty when all is well. A check that throws is a warning. */
    List<Violation> check(Proposal proposal);

    /**
     * A contradiction.
     *
     * @param keys    that can't be so together, at least one
     * @param message what was expected, what was found, what to do
     */
    record Violation(List<String> keys, String message) { }

    /** The configuration that is asked about. References to secrets are not resolved. */
    @ProviderType
    interface Proposal {
        /** The value of a key, its default where nobody set it. */
        Optional<Object> value(String key);

        /** All values, by key. */
        Map<String, Object> values();
    }
}
