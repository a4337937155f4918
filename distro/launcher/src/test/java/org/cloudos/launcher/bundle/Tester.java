package org.cloudos.launcher.bundle;

import java.io.FileInputStream;
import java.io.InputStream;
import java.util.ArrayList;
import java.util.Hashtable;
import java.util.List;
import java.util.function.Supplier;
import java.util.function.ToIntFunction;
import org.cloudos.kernel.Incidents;
import org.cloudos.kernel.Power;
import org.cloudos.kernel.swap.BundleStore;
import org.osgi.framework.Bundle;
import org.osgi.framework.BundleActivator;
import org.osgi.framework.BundleContext;
import org.osgi.framework.FrameworkUtil;

/** Stands in for the shell and the kernel: runs the commands of the launcher's tests inside the framework. */
public final class Tester implements BundleActivator, Incidents {
    private BundleContext context;
    private volatile boolean hang;

    @Override
    public void start(BundleContext newContext) {
        context = newContext;
        context.registerService(Incidents.class, this, null);
        Hashtable<String, Object> properties = new Hashtable<>();
        properties.put("cloudos.exec", true);
        ToIntFunction<String> runner = this::run;
        context.registerService(ToIntFunction.class, runner, properties);
        System.out.println("tester started");
    }

    @Override
    public void stop(BundleContext unused) throws InterruptedException {
        while (hang) {
            Thread.sleep(1000);
        }
        System.out.println("tester stopped");
    }

    @Override
    public void report(long bundleId, String message, Throwable cause) {
        System.out.println("incident in " + context.getBundle(bundleId).getSymbolicName() + ": " + message + "; " + cause);
    }

    @Override
    public List<Incident> list() {
        return List.of();
    }

    private int run(String line) {
        String[] words = line.split(" ");
        try {
            return run(words[0], words.length > 1 ? words[1] : "");
        } catch (Exception e) {
            e.printStackTrace(System.out);
            return 1;
        }
    }

    private int run(String command, String argument) throws Exception {
        Bundle greeter = context.getBundle("cloudos:greeter");
        switch (command) {
            case "greet" -> System.out.println("greeter: "
                    + service(Supplier.class, "(greeter=" + (argument.isEmpty() ? "greeter" : argument) + ")").get());
            case "update" -> update(greeter, argument);
            case "back" -> update(greeter, false);
            case "separate" -> update(greeter, true);
            case "deploy" -> deploy(argument);
            case "owner" -> System.out.println("owner: " + FrameworkUtil.getBundle(Tester.class).getSymbolicName()
                    + " " + FrameworkUtil.getBundle(Bundle.class));
            case "throw" -> thread(() -> {
                throw new IllegalStateException("thrown");
            });
            case "overflow" -> thread(this::overflow);
            case "exhaust" -> thread(Tester::exhaust);
            case "hang" -> hang = true;
            case "reboot" -> {
                if (System.getProperty("rebooted") == null) {
                    System.setProperty("rebooted", "");
                    service(Power.class, null).reboot();
                }
            }
            case "off" -> service(Power.class, null).off();
            case "stop" -> context.getBundle(0).stop();
            default -> {
                return 1;
            }
        }
        return 0;
    }

    private void update(Bundle bundle, String file) throws Exception {
        service(BundleStore.class, null).overlay(bundle.getSymbolicName(), true);
        try (InputStream in = new FileInputStream(file)) {
            bundle.update(in);
        }
    }

    private void update(Bundle bundle, boolean overlaid) throws Exception {
        service(BundleStore.class, null).overlay(bundle.getSymbolicName(), overlaid);
        bundle.update();
    }

    /** What kernel.swap does, without the trial. */
    private void deploy(String file) throws Exception {
        BundleStore store = service(BundleStore.class, null);
        try (InputStream in = new FileInputStream(file)) {
            store.begin(List.of(new BundleStore.Entry("greeter", "2.0.0", store.put(in))));
        }
        store.commit();
    }

    private static void thread(Runnable body) throws InterruptedException {
        Thread thread = new Thread(body, "victim");
        thread.start();
        thread.join();
    }

    private int overflow() {
        return overflow() + 1;
    }

    private static void exhaust() {
        List<byte[]> all = new ArrayList<>();
        while (true) {
            all.add(new byte[1 << 20]);
        }
    }

    private <S> S service(Class<S> type, String filter) throws Exception {
        return context.getService(context.getServiceReferences(type, filter).iterator().next());
    }
}
