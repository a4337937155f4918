package org.cloudos.ssh;

import java.util.Map;
import org.cloudos.kernel.Boot;
import org.osgi.framework.BundleContext;
import org.osgi.framework.FrameworkUtil;
import org.osgi.framework.ServiceRegistration;
import org.osgi.service.component.annotations.Activate;
import org.osgi.service.component.annotations.Component;
import org.osgi.service.component.annotations.Deactivate;
import org.osgi.service.component.annotations.Reference;
import org.osgi.service.component.annotations.ReferenceCardinality;
import org.osgi.service.component.annotations.ReferencePolicyOption;
import org.osgi.service.log.Logger;
import org.osgi.service.log.LoggerFactory;

/**
 * Lets the door open once there is a key for it, and not before the boot has done what is more urgent. Works in a
 * thread of its own; registering {@link AuthorizedKeys} activates {@link SshDoor} in that thread.
 */
@Component(immediate = true, service = {})
public final class KeyWatch implements Runnable {
    private static final long LOOK_MS = 2000;
    private static final long BOOT_STEP_MS = 50;
    private static final int BOOT_STEPS = 600;
    private final BundleContext context;
    private final Boot boot;
    private final Logger log;
    private final Settings settings;
    private final Thread thread = Thread.ofPlatform().daemon().name("ssh keys").unstarted(this);
    private ServiceRegistration<?> endpoint;
    private ServiceRegistration<AuthorizedKeys> registration;

    /** Made by Declarative Services. */
    @Activate
    public KeyWatch(BundleContext context,
            @Reference(cardinality = ReferenceCardinality.OPTIONAL, policyOption = ReferencePolicyOption.GREEDY) Boot boot,
            @Reference(service = LoggerFactory.class) Logger log) {
        this.context = context;
        this.boot = boot;
        this.log = log;
        this.settings = Settings.of(context, Map.of());
        thread.start();
    }

    /** Ends the thread; DS has no use for the door without this component's bundle. */
    @Deactivate
    void close() throws InterruptedException {
        thread.interrupt();
        thread.join(LOOK_MS);
    }

    @Override
    public void run() {
        try {
            awaitBoot();
            JdkEd25519.register();
            AuthorizedKeys keys = new AuthorizedKeys(settings.keys(), log::warn);
            if (keys.isEmpty()) {
                sayClosed();
            }
            while (keys.isEmpty()) {
                Thread.sleep(LOOK_MS);
            }
            if (endpoint != null) {
                endpoint.unregister();
                endpoint = null;
            }
            registration = context.registerService(AuthorizedKeys.class, keys, null);
            Thread.sleep(Long.MAX_VALUE);
        } catch (InterruptedException | IllegalStateException e) {
            Thread.currentThread().interrupt(); // the bundle stops
        } finally {
            unregister();
        }
    }

    private void awaitBoot() throws InterruptedException {
        for (int i = 0; boot != null && i < BOOT_STEPS; i++) {
            if (boot.ready() || boot.phases().stream().anyMatch(p -> p.name().equals(Boot.STARTED))) {
                return;
            }
            Thread.sleep(BOOT_STEP_MS);
        }
    }

    private void sayClosed() {
        String note = "closed: no key in " + String.join(" or ", settings.keys().stream().map(Object::toString).toList());
        log.warn("SSH is " + note);
        endpoint = context.registerService(Object.class, new Object(), FrameworkUtil.asDictionary(Map.of(
                "cloudos.endpoint", "ssh", "cloudos.endpoint.address", "none", "cloudos.endpoint.note", note)));
    }

    private void unregister() {
        try {
            if (endpoint != null) {
                endpoint.unregister();
            }
            if (registration != null) {
                registration.unregister();
            }
        } catch (IllegalStateException e) {
            log.debug("already unregistered with the bundle");
        }
    }
}
