package org.cloudos.shell.console;

import java.util.Optional;
import java.util.concurrent.atomic.AtomicBoolean;
import java.util.function.Consumer;
import org.osgi.framework.BundleContext;
import org.osgi.framework.InvalidSyntaxException;
import org.osgi.framework.ServiceEvent;
import org.osgi.framework.ServiceListener;
import org.osgi.framework.ServiceReference;

/** Services of others, taken as they come and go. */
final class Services {
    private Services() { }

    static <S> Optional<S> find(BundleContext context, Class<S> type) {
        try {
            ServiceReference<S> reference = context.getServiceReference(type);
            return reference == null ? Optional.empty() : Optional.ofNullable(context.getService(reference));
        } catch (IllegalStateException e) {
            return Optional.empty(); // this bundle has stopped
        }
    }

    /** Gives the service to this action once: now, or when it is registered. */
    static <S> void whenPresent(BundleContext context, Class<S> type, Consumer<S> action) {
        Optional<S> present = find(context, type);
        if (present.isPresent()) {
            action.accept(present.get());
            return;
        }
        AtomicBoolean done = new AtomicBoolean();
        ServiceListener listener = new ServiceListener() {
            @Override
            public void serviceChanged(ServiceEvent event) {
                if (event.getType() == ServiceEvent.REGISTERED) {
                    find(context, type).filter(s -> done.compareAndSet(false, true)).ifPresent(service -> {
                        context.removeServiceListener(this);
                        action.accept(service);
                    });
                }
            }
        };
        try {
            context.addServiceListener(listener, "(objectClass=" + type.getName() + ")");
        } catch (InvalidSyntaxException e) {
            throw new IllegalStateException(e);
        }
        // It may have come between the look and the listener.
        find(context, type).filter(s -> done.compareAndSet(false, true)).ifPresent(service -> {
            context.removeServiceListener(listener);
            action.accept(service);
        });
    }
}
