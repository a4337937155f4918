package org.cloudos.config.service;

import java.util.ArrayList;
import java.util.Collection;
import java.util.HashMap;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.TreeSet;
import java.util.function.Consumer;
import java.util.stream.Collectors;
import org.cloudos.config.schema.MetatypeReader;
import org.cloudos.config.schema.Schema;
import org.cloudos.config.schema.Section;
import org.osgi.framework.Bundle;
import org.osgi.framework.BundleContext;
import org.osgi.framework.BundleEvent;
import org.osgi.framework.Constants;
import org.osgi.framework.InvalidSyntaxException;
import org.osgi.framework.ServiceEvent;
import org.osgi.framework.ServiceReference;
import org.osgi.framework.SynchronousBundleListener;
import org.osgi.service.metatype.MetaTypeProvider;

/** The schema of the bundles that are installed, kept up to date. Thread-safe. */
final class SchemaSource implements SynchronousBundleListener {
    private static final String PROVIDERS = "(|(objectClass=org.osgi.service.metatype.MetaTypeProvider)"
            + "(&(objectClass=org.osgi.service.cm.ManagedService)(!(component.id=*))))";

    private record Documents(long modified, List<Section> sections) { }

    private final BundleContext context;
    private final MetatypeReader reader;
    private final Runnable changed;
    private final Map<Long, Documents> documents = new HashMap<>(); // guarded by this
    private final Set<String> seen = new TreeSet<>(); // guarded by this
    private Schema current; // guarded by this; null when something has changed

    /** @param changed called in the threads of the framework's events: must return at once */
    SchemaSource(BundleContext context, Consumer<String> complain, Runnable changed) {
        this.context = context;
        this.reader = new MetatypeReader(complain);
        this.changed = changed;
    }

    void open() {
        context.addBundleListener(this);
        try {
            context.addServiceListener(this::serviceChanged, PROVIDERS);
        } catch (InvalidSyntaxException e) {
            throw new IllegalStateException(e);
        }
    }

    /** The service listener goes with the bundle. */
    void close() {
        context.removeBundleListener(this);
    }

    @Override
    public void bundleChanged(BundleEvent event) {
        int type = event.getType();
        if (type == BundleEvent.INSTALLED || type == BundleEvent.UPDATED || type == BundleEvent.UNINSTALLED) {
            forget();
        }
    }

    private void serviceChanged(ServiceEvent event) {
        if (event.getType() != ServiceEvent.MODIFIED) {
            forget();
        }
    }

    private void forget() {
        synchronized (this) {
            current = null;
        }
        changed.run();
    }

    /** As the bundles are now. */
    synchronized Schema current() {
        if (current == null) {
            Map<String, Section> sections = new LinkedHashMap<>();
            for (Bundle bundle : context.getBundles()) {
                documents(bundle).forEach(s -> sections.putIfAbsent(s.name(), s));
            }
            provided().forEach(s -> sections.putIfAbsent(s.name(), s));
            current = new Schema(sections.values());
            seen.addAll(sections.keySet());
        }
        return current;
    }

    /** Names of sections that were there and are not any more. */
    synchronized Set<String> gone() {
        Set<String> here = current().sections().stream().map(Section::name).collect(Collectors.toSet());
        return seen.stream().filter(name -> !here.contains(name)).collect(Collectors.toSet());
    }

    private List<Section> documents(Bundle bundle) {
        Documents known = documents.get(bundle.getBundleId());
        if (known == null || known.modified != bundle.getLastModified()) {
            known = new Documents(bundle.getLastModified(), bundle.getState() == Bundle.UNINSTALLED ? List.of() : reader.documents(bundle));
            documents.put(bundle.getBundleId(), known);
        }
        return known.sections;
    }

    private List<Section> provided() {
        List<Section> sections = new ArrayList<>();
        for (ServiceReference<?> reference : references()) {
            Object service = context.getService(reference);
            Bundle bundle = reference.getBundle();
            if (service instanceof MetaTypeProvider provider && bundle != null) {
                pids(reference, MetaTypeProvider.METATYPE_PID).forEach(p -> sections.addAll(reader.provided(bundle, p, false, provider)));
                pids(reference, MetaTypeProvider.METATYPE_FACTORY_PID)
                        .forEach(p -> sections.addAll(reader.provided(bundle, p, true, provider)));
                if (isManaged(reference)) {
                    pids(reference, Constants.SERVICE_PID).forEach(p -> sections.addAll(reader.provided(bundle, p, false, provider)));
                }
            }
            context.ungetService(reference);
        }
        return sections;
    }

    private static boolean isManaged(ServiceReference<?> reference) {
        return List.of((String[]) reference.getProperty(Constants.OBJECTCLASS)).contains("org.osgi.service.cm.ManagedService");
    }

    private ServiceReference<?>[] references() {
        try {
            ServiceReference<?>[] found = context.getAllServiceReferences(null, PROVIDERS);
            return found == null ? new ServiceReference<?>[0] : found;
        } catch (InvalidSyntaxException e) {
            throw new IllegalStateException(e);
        }
    }

    private static Collection<String> pids(ServiceReference<?> reference, String property) {
        return switch (reference.getProperty(property)) {
            case String one -> List.of(one);
            case String[] many -> List.of(many);
            case Collection<?> many -> many.stream().map(Object::toString).toList();
            case null, default -> List.of();
        };
    }
}
