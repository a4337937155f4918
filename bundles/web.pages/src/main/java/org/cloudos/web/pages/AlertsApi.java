package org.cloudos.web.pages;

import jakarta.servlet.Servlet;
import org.cloudos.metrics.alert.Alerts;
import org.osgi.service.component.annotations.Activate;
import org.osgi.service.component.annotations.Component;
import org.osgi.service.component.annotations.Reference;

/** Alerts. */
@Component(service = Servlet.class, property = {Api.PATTERN + "alerts", Api.CONTEXT})
public final class AlertsApi extends Api {
    private static final long serialVersionUID = 1L;

    @Activate
    public AlertsApi(@Reference Alerts alerts) {
        get("", call -> alerts.list());
    }
}
