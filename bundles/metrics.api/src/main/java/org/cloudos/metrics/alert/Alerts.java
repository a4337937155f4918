package org.cloudos.metrics.alert;

import java.time.Duration;
import java.util.List;
import java.util.Map;
import org.osgi.annotation.versioning.ProviderType;

/** Alerts of this system. Answers are snapshots. */
@ProviderType
public interface Alerts {
    /** Alerts that are pending or firing, and those resolved in the last quarter of an hour; the worst first. */
    List<Alert> list();

    /** All rules. */
    List<AlertRule> rules();

    /** Silences that have not ended. */
    List<Silence> silences();

    /**
     * Keeps alerts from being told for a time. Silences are kept over restarts.
     *
     * @param rule   name of a rule; empty for all
     * @param labels that an alert must have
     * @throws IllegalArgumentException when there is no such rule, or the duration is not from 1 s to 365 d
     */
    Silence silence(String rule, Map<String, String> labels, Duration duration, String comment);

    /**
     * Ends a silence.
     *
     * @return false when there is none of that number
     */
    boolean unsilence(int id);
}
