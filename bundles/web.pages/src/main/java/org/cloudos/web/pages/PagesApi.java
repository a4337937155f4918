package org.cloudos.web.pages;

import jakarta.servlet.Servlet;
import java.util.List;
import org.osgi.framework.BundleContext;
import org.osgi.framework.InvalidSyntaxException;
import org.osgi.service.component.annotations.Activate;
import org.osgi.service.component.annotations.Component;

/** Which pages there are now. */
@Component(service = Servlet.class, property = {Api.PATTERN + "pages", Api.CONTEXT})
public final class PagesApi extends Api {
    private static final long serialVersionUID = 1L;

    /** @param service that the page shows */
    private record Page(String id, String service) { }

    private static final List<Page> PAGES = List.of(new Page("overview", "org.cloudos.kernel.Subsystems"),
            new Page("services", "org.cloudos.units.Units"), new Page("bundles", "org.cloudos.kernel.swap.Deployment"),
            new Page("logs", "org.cloudos.journal.Journal"), new Page("configuration", "org.cloudos.config.ConfigTree"),
            new Page("framework", "org.apache.felix.webconsole.spi.SecurityProvider"), new Page("history", "org.cloudos.metrics.History"));

    /** A page. @param service that it needs */
    record Shown(String id, boolean available, String service) { }

    @Activate
    public PagesApi(BundleContext context) {
        get("", call -> PAGES.stream().map(p -> new Shown(p.id(), there(context, p.service()), p.service())).toList());
    }

    /** Whoever offers it, and whichever class it is loaded from. */
    private static boolean there(BundleContext context, String service) {
        try {
            return context.getAllServiceReferences(service, null) != null;
        } catch (InvalidSyntaxException e) {
            throw new IllegalStateException("no filter was given", e);
        }
    }
}
