package org.cloudos.greeter.sick;

import org.apache.felix.hc.api.HealthCheck;
import org.apache.felix.hc.api.Result;
import org.osgi.service.component.annotations.Component;

/** The health check of the version that is taken back. */
@Component(property = {"hc.name=greeter", "hc.tags=greeter"})
public final class Sickness implements HealthCheck {
    @Override
    public Result execute() {
        return new Result(Result.Status.CRITICAL, "no voice left");
    }
}
