package org.cloudos.units.osgi;

import java.util.List;
import org.apache.felix.hc.api.FormattingResultLog;
import org.apache.felix.hc.api.HealthCheck;
import org.apache.felix.hc.api.Result;
import org.cloudos.units.UnitStatus;
import org.cloudos.units.UnitStatus.Active;
import org.cloudos.units.Units;
import org.osgi.service.component.annotations.Activate;
import org.osgi.service.component.annotations.Component;
import org.osgi.service.component.annotations.Reference;

/** Failed units are a warning: the system goes on without them. */
@Component(property = {HealthCheck.NAME + "=units", HealthCheck.TAGS + "=units"})
public final class UnitsHealth implements HealthCheck {
    private final Units units;

    /** Made by Declarative Services. */
    @Activate
    public UnitsHealth(@Reference Units units) {
        this.units = units;
    }

    @Override public Result execute() {
        FormattingResultLog log = new FormattingResultLog();
        List<UnitStatus> failed = units.list().stream().filter(u -> u.active() == Active.FAILED).toList();
        failed.forEach(u -> log.warn("{} failed: {}", u.name(), u.result()));
        if (failed.isEmpty()) {
            log.info("no unit has failed");
        }
        return new Result(log);
    }
}
