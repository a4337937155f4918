package org.cloudos.launcher;

import java.util.Map;
import java.util.concurrent.atomic.AtomicBoolean;
import org.cloudos.kernel.Power;
import org.osgi.framework.Bundle;
import org.osgi.framework.BundleContext;
import org.osgi.framework.BundleEvent;
import org.osgi.framework.BundleException;
import org.osgi.framework.SynchronousBundleListener;
import org.osgi.framework.launch.Framework;

/**
 * The end in order, with a deadline: a bundle whose stop hangs doesn't hang the machine. Whoever begins the stop
 * (a command, a signal, somebody who stops bundle 0), the deadline runs.
 */
final class Shutdown implements Power, SynchronousBundleListener {
    static final int OFF = 0;
    static final int REBOOT = 64;

    private final Framework framework;
    private final Reports reports;
    private final int limit;
    private final AtomicBoolean underWay = new AtomicBoolean();
    private volatile int code = OFF;
    private volatile boolean done;
    private final Thread hook = Thread.ofPlatform().name("cloudos-signal").unstarted(this::onSignal);

    /** @param limit seconds until the machine ends all the same */
    Shutdown(Framework framework, Reports reports, int limit) {
        this.framework = framework;
        this.reports = reports;
        this.limit = limit;
    }

    void watch(BundleContext system) {
        system.addBundleListener(this);
        Runtime.getRuntime().addShutdownHook(hook);
    }

    @Override
    public void off() {
        exit(OFF);
    }

    @Override
    public void reboot() {
        exit(REBOOT);
    }

    /** Stops the framework; the launcher then ends with this code. Returns at once. The first caller decides. */
    void exit(int wanted) {
        if (underWay.compareAndSet(false, true)) {
            code = wanted;
            guard();
            stop();
        }
    }

    boolean isUnderWay() {
        return underWay.get();
    }

    int code() {
        return code;
    }

    /** The framework has stopped; nothing is left to guard. */
    void finished() {
        done = true;
        try {
            Runtime.getRuntime().removeShutdownHook(hook);
        } catch (IllegalStateException e) {
            // The JVM is going down on a signal and runs the hook.
        }
    }

    @Override
    public void bundleChanged(BundleEvent event) {
        if (event.getType() == BundleEvent.STOPPING && event.getBundle().getBundleId() == 0
                && underWay.compareAndSet(false, true)) {
            guard();
        }
    }

    private void onSignal() {
        try {
            if (underWay.compareAndSet(false, true)) {
                guard();
                stop();
            }
            framework.waitForStop(0);
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
        }
    }

    private void stop() {
        try {
            framework.stop();
        } catch (BundleException | RuntimeException e) {
            reports.warn("the framework can't be stopped", e);
        }
    }

    private void guard() {
        Thread.ofPlatform().name("cloudos-deadline").daemon().start(this::deadline);
    }

    private void deadline() {
        try {
            Thread.sleep(limit * 1000L);
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
        }
        if (!done) {
            reports.warn(culprit(), null);
            System.err.flush();
            Runtime.getRuntime().halt(code);
        }
    }

    /** The thread that stops bundles, and where it stands. */
    private String culprit() {
        StringBuilder text = new StringBuilder("not stopped after " + limit + " s; ending all the same");
        for (Map.Entry<Thread, StackTraceElement[]> e : Thread.getAllStackTraces().entrySet()) {
            if (stopsABundle(e.getValue())) {
                Throwable where = new Throwable();
                where.setStackTrace(e.getValue());
                Bundle bundle = ClassOwners.owner(where, e.getKey());
                text.append("\nthread ").append(e.getKey().getName()).append(" hangs in the stop of ");
                text.append(bundle == null ? "an unknown bundle" : bundle.getSymbolicName());
                for (StackTraceElement frame : e.getValue()) {
                    text.append("\n    at ").append(frame);
                }
            }
        }
        return text.toString();
    }

    private static boolean stopsABundle(StackTraceElement[] stack) {
        for (StackTraceElement frame : stack) {
            if (frame.getClassName().equals("org.apache.felix.framework.Felix")
                    && frame.getMethodName().equals("stopBundle")) {
                return true;
            }
        }
        return false;
    }
}
