package org.cloudos.launcher;

import java.time.Duration;
import java.util.Collection;
import java.util.List;
import java.util.function.ToIntFunction;
import org.cloudos.kernel.Boot;
import org.osgi.framework.BundleContext;
import org.osgi.framework.InvalidSyntaxException;
import org.osgi.framework.ServiceReference;

/**
 * What follows the start of the last bundle: waits for readiness, tells the store that this boot is a good one, and
 * runs the commands of the command line, if there are any.
 */
final class AfterBoot implements Runnable {
    /** The shell's service that runs one command line on the standard streams; 0 is success. */
    private static final String RUNNER = "(cloudos.exec=true)";

    private final BundleContext system;
    private final Boot boot;
    private final BootStore store;
    private final List<String> commands;
    private final Status status;
    private final Shutdown shutdown;
    private final int limit;

    /**
     * @param boot  null when the profile has no kernel
     * @param limit seconds to wait for readiness before commands run
     */
    AfterBoot(BundleContext system, Boot boot, BootStore store, List<String> commands, Status status,
            Shutdown shutdown, int limit) {
        this.system = system;
        this.boot = boot;
        this.store = store;
        this.commands = commands;
        this.status = status;
        this.shutdown = shutdown;
        this.limit = limit;
    }

    @Override
    public void run() {
        try {
            boolean ready = boot == null || boot.awaitReady(Duration.ofSeconds(limit));
            if (!commands.isEmpty()) {
                shutdown.exit(ready ? runAll() : notReady());
            }
            while (!ready) {
                ready = boot.awaitReady(Duration.ofDays(1));
            }
            store.ready();
        } catch (InterruptedException | IllegalStateException stopped) {
            Thread.currentThread().interrupt();
        }
    }

    private int notReady() {
        System.err.println("cloudos: not ready after " + limit + " s; nothing was run. Missing:");
        for (String missing : boot.missing()) {
            System.err.println("  " + missing);
        }
        return 1;
    }

    private int runAll() {
        store.ready();
        int code = 0;
        for (int i = 0; i < commands.size() && !shutdown.isUnderWay(); i++) {
            boolean ok = run(commands.get(i)) == 0;
            System.out.flush();
            status.exec(i, ok, commands.get(i));
            code = ok ? code : 1;
        }
        return code;
    }

    private int run(String command) {
        try {
            @SuppressWarnings("rawtypes") // the service is registered by its raw name
            Collection<ServiceReference<ToIntFunction>> runners =
                    system.getServiceReferences(ToIntFunction.class, RUNNER);
            if (runners.isEmpty()) {
                System.err.println("cloudos: --exec: this profile has no shell to run it");
                return 1;
            }
            @SuppressWarnings("unchecked")
            ToIntFunction<String> runner = system.getService(runners.iterator().next());
            return runner.applyAsInt(command);
        } catch (InvalidSyntaxException | RuntimeException e) {
            if (!shutdown.isUnderWay()) {
                System.err.println("cloudos: --exec: " + Reports.reason(e));
            }
            return 1;
        }
    }
}
