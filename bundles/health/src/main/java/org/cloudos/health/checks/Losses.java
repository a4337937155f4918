package org.cloudos.health.checks;

import java.util.List;
import org.apache.felix.hc.api.FormattingResultLog;
import org.apache.felix.hc.api.HealthCheck;
import org.apache.felix.hc.api.Result;
import org.cloudos.metrics.History;
import org.osgi.service.component.annotations.Activate;
import org.osgi.service.component.annotations.Component;
import org.osgi.service.component.annotations.Reference;

/** What was lost or left out lately: entries of the log, values of the history, series, traces. */
@Component(property = {"hc.name=losses", "hc.tags=system"})
public final class Losses implements HealthCheck {
    private record Loss(String expression, String text) { }

    /** Names that no bundle of this system has find nothing, and mean nothing. */
    private static final List<Loss> LOSSES = List.of(
            new Loss("increase(cloudos_log_lost_total[10m]) > 0", "entries of the log were lost"),
            new Loss("increase(cloudos_metrics_history_lost_total[10m]) > 0", "moments of the history could not be written"),
            new Loss("increase(cloudos_metrics_source_failures_total[10m]) > 0", "readings of a source of metrics failed"),
            new Loss("increase(cloudos_metrics_overflow_total[10m]) > 0", "values of labels found no room"),
            new Loss("increase(cloudos_traces_lost_total[10m]) > 0", "spans were not delivered"),
            new Loss("cloudos_metrics_history_left_out > 0", "series find no room in the history"));

    private final History history;

    /** Asks the history. */
    @Activate
    public Losses(@Reference History history) {
        this.history = history;
    }

    @Override
    public Result execute() {
        FormattingResultLog log = new FormattingResultLog();
        for (Loss loss : LOSSES) {
            for (History.Reading reading : history.now(loss.expression())) {
                log.warn("{} {} {}", Math.round(Math.ceil(reading.value())), loss.text(), reading.labels().isEmpty() ? "" : reading.labels());
            }
        }
        if (!log.iterator().hasNext()) {
            log.info("nothing was lost in the last 10 minutes");
        }
        return new Result(log);
    }
}
