package org.cloudos.config.service;

import java.util.List;
import org.apache.felix.hc.api.FormattingResultLog;
import org.apache.felix.hc.api.HealthCheck;
import org.apache.felix.hc.api.Result;
import org.cloudos.config.ConfigTree;
import org.cloudos.config.Problem;

/** Whether what the files say is what is in force. */
final class FilesHealth implements HealthCheck {
    private final ConfigTree tree;

    FilesHealth(ConfigTree tree) {
        this.tree = tree;
    }

    @Override
    public Result execute() {
        FormattingResultLog log = new FormattingResultLog();
        List<Problem> errors = tree.problems().stream().filter(p -> p.severity() == Problem.Severity.ERROR).toList();
        errors.forEach(p -> log.warn("{}", p));
        if (errors.isEmpty()) {
            log.info("{} settings", tree.settings(false).size());
        } else {
            log.warn("the last valid configuration stays in force");
        }
        return new Result(log);
    }
}
