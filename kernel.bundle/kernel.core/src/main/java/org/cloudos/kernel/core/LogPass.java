package org.cloudos.kernel.core;

import org.cloudos.kernel.Incidents.Incident;
import org.osgi.framework.Bundle;
import org.osgi.service.log.LogService;
import org.osgi.service.log.Logger;

/** The one place that links the log's types: a system may have none. */
final class LogPass {
    private LogPass() { }

    static void log(Object service, Bundle bundle, Incident incident) {
        Logger logger = ((LogService) service).getLogger(bundle, "org.cloudos.kernel.incident", Logger.class);
        if (incident.cause() == null) {
            logger.warn(incident.message());
        } else {
            logger.error(incident.message(), incident.cause());
        }
    }
}
