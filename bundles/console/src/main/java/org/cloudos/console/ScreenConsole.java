package org.cloudos.console;

import java.util.Map;
import java.util.concurrent.ConcurrentHashMap;
import org.cloudos.hal.character.Keyboard;
import org.cloudos.hal.character.TextScreen;
import org.cloudos.shell.Shell;
import org.osgi.framework.BundleContext;
import org.osgi.framework.ServiceReference;
import org.osgi.service.component.annotations.Activate;
import org.osgi.service.component.annotations.Component;
import org.osgi.service.component.annotations.Deactivate;
import org.osgi.service.component.annotations.Reference;
import org.osgi.service.log.Logger;
import org.osgi.service.log.LoggerFactory;
import org.osgi.util.tracker.ServiceTracker;

/** Gives every text screen a session; what is typed on any keyboard goes to the screen that came first. Both come and go. */
@Component(service = {}, immediate = true)
public final class ScreenConsole {
    private final ServiceTracker<TextScreen, ScreenSession> screens;
    private final ServiceTracker<Keyboard, Thread> keyboards;
    private final Map<ServiceReference<TextScreen>, ScreenSession> sessions = new ConcurrentHashMap<>();
    private boolean listening; // guarded by this

    @Activate public ScreenConsole(BundleContext context, @Reference Shell shell, @Reference(service = LoggerFactory.class) Logger log) {
        keyboards = new ServiceTracker<>(context, Keyboard.class, null) {
            @Override public Thread addingService(ServiceReference<Keyboard> reference) {
                return new ScreenSession.Reading(context.getService(reference), bytes -> typed(bytes), log::warn).thread();
            }

            @Override public void removedService(ServiceReference<Keyboard> reference, Thread reading) {
                reading.interrupt();
                context.ungetService(reference);
            }
        };
        screens = new ServiceTracker<>(context, TextScreen.class, null) {
            @Override public ScreenSession addingService(ServiceReference<TextScreen> reference) {
                ScreenSession session = new ScreenSession(shell, context.getService(reference), log::warn);
                sessions.put(reference, session);
                listen();
                return session;
            }

            @Override public void removedService(ServiceReference<TextScreen> reference, ScreenSession session) {
                sessions.remove(reference);
                listen();
                session.close();
                context.ungetService(reference);
            }
        };
        screens.open();
    }

    /** Without a screen, keyboards are for others to read. */
    private synchronized void listen() {
        if (listening == sessions.isEmpty()) {
            listening = !listening;
            if (listening) {
                keyboards.open();
            } else {
                keyboards.close();
            }
        }
    }

    private void typed(byte[] bytes) {
        sessions.entrySet().stream().max(Map.Entry.comparingByKey()).ifPresent(first -> first.getValue().typed(bytes));
    }

    @Deactivate void close() {
        screens.close(); // with the last screen the keyboards too
    }
}
