package org.cloudos.health.alerts;

import java.time.Duration;
import java.util.List;
import org.cloudos.metrics.alert.AlertRule;
import org.cloudos.metrics.alert.Severity;

/** Rules that every system has, unless a configured one of the same name takes their place. */
public final class Rules {
    /** All of them. */
    public static final List<AlertRule> BUILT_IN = List.of(
            rule("MemoryLow", "node_memory_mem_available_bytes / node_memory_mem_total_bytes < 0.05", 2, Severity.CRITICAL,
                    "Only {{value}} of the memory is available"),
            rule("DiskAlmostFull", "node_filesystem_avail_bytes / node_filesystem_size_bytes < 0.05 unless node_filesystem_readonly == 1", 5,
                    Severity.WARNING, "{{mountpoint}} has {{value}} of its room left"),
            rule("ProcessorPressure", "rate(node_pressure_cpu_waiting_seconds_total[5m]) > 0.9", 15, Severity.WARNING,
                    "Something waited for a processor in {{value}} of the time"),
            rule("FilesAlmostUsedUp", "process_open_fds / process_max_fds > 0.9", 2, Severity.CRITICAL, "{{value}} of the open files are used"),
            rule("Unhealthy", "cloudos_health_status >= 2", 1, Severity.CRITICAL, "The health check {{check}} is critical"),
            rule("HistoryLost", "increase(cloudos_metrics_history_lost_total[10m]) > 0", 0, Severity.WARNING,
                    "{{value}} moments of the metrics' history could not be written"),
            rule("LogLost", "increase(cloudos_log_lost_total[10m]) > 0", 0, Severity.WARNING, "{{value}} entries of the log were lost"),
            rule("LabelsOverflow", "increase(cloudos_metrics_overflow_total[10m]) > 0", 0, Severity.WARNING,
                    "The metric {{metric}} has more series than its limit"),
            rule("HttpErrors", "sum by (route) (rate(http_server_requests_total{code=\"5xx\"}[5m]))"
                    + " / sum by (route) (rate(http_server_requests_total[5m])) > 0.05", 5, Severity.WARNING,
                    "{{value}} of the requests to {{route}} fail"));

    private Rules() { }

    private static AlertRule rule(String name, String expression, int minutes, Severity severity, String summary) {
        return new AlertRule(name, expression, Duration.ofMinutes(minutes), severity, summary, "");
    }
}
