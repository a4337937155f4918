package org.cloudos.launcher;

import java.io.File;
import java.io.FileInputStream;
import java.io.IOException;
import java.io.InputStream;
import java.time.Clock;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import org.apache.felix.framework.FrameworkFactory;
import org.apache.felix.framework.util.FelixConstants;
import org.cloudos.kernel.Boot;
import org.cloudos.kernel.Power;
import org.cloudos.kernel.swap.BundleStore;
import org.osgi.framework.Bundle;
import org.osgi.framework.BundleContext;
import org.osgi.framework.BundleException;
import org.osgi.framework.Constants;
import org.osgi.framework.FrameworkEvent;
import org.osgi.framework.ServiceReference;
import org.osgi.framework.launch.Framework;
import org.osgi.framework.startlevel.FrameworkStartLevel;

/** One life of the framework, from start to stop. */
final class Machine {
    private final Options options;
    private final Profile profile;
    private final Reports reports;
    private final Status status;
    private final BootStore store;
    private final ClassPathBundles classPath;
    private final Framework framework;
    private final Shutdown shutdown;

    Machine(Options options, Profile profile, Reports reports, Status status) {
        this.options = options;
        this.profile = profile;
        this.reports = reports;
        this.status = status;
        this.store = new BootStore(options.data().toPath(), Clock.systemUTC(), reports);
        this.classPath = new ClassPathBundles(profile);
        this.framework = new FrameworkFactory().newFramework(configuration(), classPath);
        this.shutdown = new Shutdown(framework, reports, limit("cloudos.stop.limit", 20));
    }

    /**
     * Runs until the framework has stopped.
     *
     * @return the exit code
     */
    int run() throws BundleException, InterruptedException {
        store.serve(classPath);
        store.select();
        List<Overlay.Planned> plan = Overlay.plan(profile, store, classPath, reports);
        if (!store.good().entries().isEmpty()) {
            // Libraries that ask the thread's loader first must not get the profile's classes past the deployed ones.
            Thread.currentThread().setContextClassLoader(ClassLoader.getPlatformClassLoader());
        }
        framework.init();
        BundleContext system = framework.getBundleContext();
        ClassOwners.of(system, profile);
        system.registerService(BundleStore.class, store, null);
        system.registerService(Boot.Observer.class, status, null);
        system.registerService(Power.class, shutdown, null);
        shutdown.watch(system);
        framework.start();
        System.setProperty("cloudos.phase.framework", Long.toString(System.nanoTime()));

        int last = 1;
        for (Overlay.Planned p : plan) {
            last = Math.max(last, p.level());
        }
        for (int level = 1; level <= last; level++) {
            start(install(system, plan, level));
            if (level == 1) {
                // Only now is there somebody to report to.
                reports.attach(system);
                reports.flush();
            }
        }
        Thread after = started(system);
        FrameworkEvent end = framework.waitForStop(0);
        if (end.getType() == FrameworkEvent.ERROR) {
            reports.warn("the framework did not stop cleanly", end.getThrowable());
        }
        shutdown.finished();
        if (options.exec().isEmpty()) {
            after.interrupt();
        }
        // The command that ended the system is to be reported before its end is.
        after.join(1000);
        ClassOwners.clear();
        return shutdown.code();
    }

    private List<Bundle> install(BundleContext system, List<Overlay.Planned> plan, int level) {
        system.getBundle().adapt(FrameworkStartLevel.class).setInitialBundleStartLevel(level);
        List<Bundle> installed = new ArrayList<>(plan.size());
        for (Overlay.Planned p : plan) {
            if (p.level() == level) {
                try {
                    installed.add(install(system, p));
                } catch (BundleException | IOException | RuntimeException e) {
                    reports.warn("bundle " + p.bsn() + " can't be installed; going on without it", e);
                }
            }
        }
        return installed;
    }

    /** The location is the profile's also for a deployed bundle: an update without a stream takes it back there. */
    private static Bundle install(BundleContext system, Overlay.Planned p) throws BundleException, IOException {
        String location = p.connect() || p.jar() == p.deployed() ? ClassPathBundles.SCHEME + p.bsn()
                : "reference:file:" + p.jar().getAbsolutePath().replace("%", "%25");
        if (p.deployed() == null) {
            return system.installBundle(location);
        }
        try (InputStream in = new FileInputStream(p.deployed())) {
            return system.installBundle(location, in);
        }
    }

    private void start(List<Bundle> bundles) {
        for (Bundle bundle : bundles) {
            try {
                if (bundle.getHeaders("").get(Constants.FRAGMENT_HOST) == null) {
                    bundle.start(Bundle.START_ACTIVATION_POLICY);
                }
            } catch (BundleException | RuntimeException | LinkageError e) {
                reports.warn(bundle.getBundleId(),
                        "bundle " + bundle.getSymbolicName() + " did not start; going on without it", e);
            }
        }
    }

    /** All bundles have been started. What is left to do runs beside the system. */
    private Thread started(BundleContext system) {
        ServiceReference<Boot> reference = system.getServiceReference(Boot.class);
        Boot boot = reference == null ? null : system.getService(reference);
        if (boot != null) {
            boot.phase(Boot.STARTED);
        }
        return Thread.ofPlatform().name("cloudos-after-boot").daemon().start(
                new AfterBoot(system, boot, store, options.exec(), status, shutdown, limit("cloudos.ready.limit", 300)));
    }

    private Map<String, String> configuration() {
        Map<String, String> map = new HashMap<>();
        map.put("cloudos.home", profile.home().getPath());
        map.put("cloudos.data", options.data().getPath());
        map.put("cloudos.interactive", options.exec().isEmpty() ? "true" : "false");
        // Ctrl-D on the console of a machine gives a new session; on a desk it ends the program.
        map.put("cloudos.console.logout", Main.isBooted() ? "session" : "off");
        map.put(Constants.FRAMEWORK_STORAGE, new File(options.data(), "cache").getPath());
        // The truth is the profile and the store: the framework's own cache starts empty.
        map.put(Constants.FRAMEWORK_STORAGE_CLEAN, Constants.FRAMEWORK_STORAGE_CLEAN_ONFIRSTINIT);
        map.put(Constants.FRAMEWORK_BEGINNING_STARTLEVEL, "9");
        map.put("felix.cache.locking", "false");
        map.put("felix.service.urlhandlers", "false");
        map.put("org.osgi.service.log.admin.loglevel", "INFO");
        // What the log keeps until somebody follows it; each service event takes a place.
        map.put("org.apache.felix.log.maxSize", "500");
        map.putAll(profile.properties());
        // Commands and libraries look for these in the system properties as well.
        for (Map.Entry<String, String> e : map.entrySet()) {
            if (e.getKey().startsWith("cloudos.") && System.getProperty(e.getKey()) == null) {
                System.setProperty(e.getKey(), e.getValue());
            }
        }
        // The one value that is no string; the framework takes it out by its key.
        @SuppressWarnings({"unchecked", "rawtypes"})
        Map<String, Object> any = (Map) map;
        any.put(FelixConstants.LOG_LOGGER_PROP, new FrameworkLog(reports));
        return map;
    }

    /** Seconds from a property of the profile or the JVM. */
    private int limit(String property, int standard) {
        String value = System.getProperty(property, profile.properties().get(property));
        try {
            return value == null ? standard : Integer.parseInt(value);
        } catch (NumberFormatException e) {
            reports.warn(property + ": expected seconds, found " + value, null);
            return standard;
        }
    }
}
