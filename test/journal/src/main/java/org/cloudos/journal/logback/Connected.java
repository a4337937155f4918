package org.cloudos.journal.logback;

import ch.qos.logback.classic.LoggerContext;
import java.lang.reflect.Proxy;
import org.cloudos.journal.Journal;
import org.osgi.framework.Bundle;
import org.osgi.framework.BundleContext;
import org.slf4j.LoggerFactory;

/** Logback connected with a journal as in a system, but without a framework. */
public final class Connected {
    private Connected() { }

    /** What is logged by SLF4J goes there from now on. */
    public static void to(Journal journal) {
        BundleContext nobody = (BundleContext) Proxy.newProxyInstance(Connected.class.getClassLoader(), new Class<?>[] {BundleContext.class},
                (proxy, method, args) -> method.getName().equals("getBundles") ? new Bundle[0] : null);
        JournalConfigurator.appender((LoggerContext) LoggerFactory.getILoggerFactory()).accept(new LogbackEvents(journal, new Owners(nobody)));
    }
}
