package org.cloudos.launcher;

import java.io.File;
import java.io.IOException;
import org.osgi.framework.BundleException;

/** The entry point. Exit codes: see {@code docs/kernel.md}. */
public final class Main {
    private static final int USAGE = 2;
    private static final int CANT_START = 3;

    private Main() { }

    /** @param args see {@link Options} */
    public static void main(String[] args) {
        System.exit(run(args));
    }

    private static int run(String[] args) {
        Options options;
        try {
            options = Options.parse(args);
        } catch (Options.Wrong e) {
            System.err.println("cloudos: " + e.getMessage() + "\n" + Options.USAGE);
            return USAGE;
        }
        Reports reports = new Reports();
        Thread.setDefaultUncaughtExceptionHandler(reports);
        Status status = new Status(options.status());
        System.setProperty("cloudos.phase.jvm", Long.toString(System.nanoTime()));
        int code = live(options, reports, status);
        while (code == Shutdown.REBOOT && !isBooted()) {
            String now = Long.toString(System.nanoTime());
            System.setProperty("cloudos.phase.jvm", now);
            System.setProperty("cloudos.life.nanos", now);
            code = live(options, reports, status);
        }
        status.exit(code);
        return code;
    }

    private static int live(Options options, Reports reports, Status status) {
        try {
            return new Machine(options, Profile.read(new File("").getAbsoluteFile()), reports, status).run();
        } catch (IOException | BundleException | RuntimeException e) {
            reports.warn("can't start", e);
            return CANT_START;
        } catch (InterruptedException e) {
            return CANT_START;
        }
    }

    /** Booted, the machine itself restarts; {@code init} says so by giving the time since power-on. */
    static boolean isBooted() {
        return System.getProperty("cloudos.epoch.offset.ms") != null;
    }
}
