package org.cloudos.health.checks;

import java.util.List;
import org.apache.felix.hc.api.FormattingResultLog;
import org.apache.felix.hc.api.HealthCheck;
import org.apache.felix.hc.api.Result;
import org.cloudos.kernel.Boot;
import org.osgi.service.component.annotations.Activate;
import org.osgi.service.component.annotations.Component;
import org.osgi.service.component.annotations.Reference;

/** Whether the system is complete, as the profile's {@code cloudos.ready} defines it. */
@Component(property = {"hc.name=started", "hc.tags=system", "hc.tags=ready"})
public final class Started implements HealthCheck {
    private final Boot boot;

    /** Asks the boot. */
    @Activate
    public Started(@Reference Boot boot) {
        this.boot = boot;
    }

    @Override
    public Result execute() {
        FormattingResultLog log = new FormattingResultLog();
        if (boot.ready()) {
            log.info("everything that readiness needs is there");
        } else {
            List<String> missing = boot.missing();
            log.temporarilyUnavailable("not ready: {}", missing.isEmpty() ? "bundles are being started" : String.join("; ", missing));
        }
        return new Result(log);
    }
}
