package org.cloudos.journal.logback;

import java.lang.reflect.Proxy;
import org.cloudos.journal.Journal;
import org.osgi.framework.Bundle;
import org.osgi.framework.BundleContext;

/** Logback connected with a journal as in a system, but without a framework. */
public final class Connected {
    private Connected() { }

    /** What is logged by SLF4J goes there from now on. */
    public static void to(Journal journal) {
        BundleContext nobody = (BundleContext) Proxy.newProxyInstance(Connected.class.getClassLoader(), new Class<?>[] {BundleContext.class},
                (proxy, method, args) -> method.getName().equals("getBundles") ? new Bundle[0] : null);
        Inlet.SLF4J.attach(journal, new Owners(nobody));
    }
}
