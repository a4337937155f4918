package org.cloudos.config.apply;

import java.util.Map;

/** What is wrong with the system at the moment: names of checks and subsystems with their complaint. */
@FunctionalInterface
public interface HealthLook {
    /**
     * Looks.
     *
     * @param last whether what may still come right counts as wrong too
     */
    Map<String, String> complaints(boolean last);
}
