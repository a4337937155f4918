package org.cloudos.journal;

import java.util.List;
import java.util.Optional;
import org.osgi.annotation.versioning.ProviderType;

/**
 * Which records are written at all, by logger or by bundle; changed while the system runs. Of a logger's rules that with
 * the longest matching name wins; a bundle's rule holds for the loggers in its packages.
 */
@ProviderType
public interface Levels {
    /** The name that stands for all loggers. */
    String ROOT = "ROOT";

    /**
     * A rule.
     *
     * @param name   of a bundle (symbolic name), or the beginning of loggers' names, or {@link #ROOT}
     * @param bundle whether it is a bundle's
     * @param level  the least that is written
     * @param origin {@code configured} or {@code live}: the last is gone after a restart
     */
    record Rule(String name, boolean bundle, Level level, String origin) { }

    /** All rules, {@link #ROOT} first. */
    List<Rule> rules();

    /** What a logger writes now. */
    Level effective(String logger);

    /**
     * Sets a rule, from now on. A name that is a bundle's symbolic name means that bundle.
     *
     * @param level empty to go back to what is configured
     */
    void set(String name, Optional<Level> level);
}
