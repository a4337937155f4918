package org.cloudos.health.checks;

import java.lang.management.ManagementFactory;
import java.lang.management.ThreadInfo;
import java.lang.management.ThreadMXBean;
import org.apache.felix.hc.api.FormattingResultLog;
import org.apache.felix.hc.api.HealthCheck;
import org.apache.felix.hc.api.Result;
import org.osgi.service.component.annotations.Component;

/** Threads that wait for each other for ever. Platform threads: of virtual ones the JVM does not tell. */
@Component(property = {"hc.name=deadlocks", "hc.tags=system", "hc.tags=live", "hc.resultCacheTtlInMs:Long=10000"})
public final class Deadlocks implements HealthCheck {
    private static final int MAX_TOLD = 10;

    @Override
    public Result execute() {
        ThreadMXBean threads = ManagementFactory.getThreadMXBean();
        long[] dead = threads.findDeadlockedThreads();
        FormattingResultLog log = new FormattingResultLog();
        if (dead == null) {
            log.info("no thread is deadlocked");
            return new Result(log);
        }
        ThreadInfo[] infos = threads.getThreadInfo(dead);
        for (int i = 0; i < Math.min(infos.length, MAX_TOLD); i++) {
            if (infos[i] != null) {
                log.critical("thread {} waits for {}, which {} holds", infos[i].getThreadName(), infos[i].getLockName(),
                        infos[i].getLockOwnerName());
            }
        }
        return new Result(log);
    }
}
