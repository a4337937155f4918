package org.cloudos.shell.console;

import java.time.Duration;
import java.util.List;
import java.util.Optional;
import org.apache.felix.gogo.runtime.CommandSessionImpl;
import org.apache.felix.gogo.runtime.Parser;
import org.apache.felix.gogo.runtime.Parser.Statement;
import org.apache.felix.gogo.runtime.SyntaxError;
import org.cloudos.kernel.Boot;
import org.osgi.framework.BundleContext;

/** Lines typed before the system is ready wait for their commands instead of failing. */
final class Readiness {
    /** From this bundle's start: a system without kernel.core has no readiness to wait for. */
    private static final Duration NO_BOOT_LIMIT = Duration.ofSeconds(10);
    private static final Duration LIMIT = Duration.ofSeconds(60);
    private static final long STARTED = System.nanoTime();
    private static final long STEP_MS = 20;
    private final BundleContext context;

    Readiness(BundleContext context) {
        this.context = context;
    }

    /** The service, waited for: at boot it may come after us. */
    static <S> S await(BundleContext context, Class<S> type, Duration limit) {
        long end = System.nanoTime() + limit.toNanos();
        while (true) {
            Optional<S> service = Services.find(context, type);
            if (service.isPresent()) {
                return service.get();
            }
            if (System.nanoTime() > end || !pause()) {
                throw new IllegalStateException("No " + type.getName() + " in this system");
            }
        }
    }

    private static boolean pause() {
        try {
            Thread.sleep(STEP_MS);
            return true;
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
            return false;
        }
    }

    /**
     * Waits until each command of the line is there, or the system is ready and won't bring it any more.
     *
     * @param starting called once when there is something to wait for
     */
    void awaitCommands(CommandSessionImpl session, String line, Runnable starting) throws InterruptedException {
        long start = System.nanoTime();
        boolean told = false;
        while (!ready(System.nanoTime() - start) && !complete(session, line)) {
            if (!told) {
                starting.run();
                told = true;
            }
            Thread.sleep(STEP_MS);
        }
    }

    private boolean ready(long waited) {
        Optional<Boot> boot = Services.find(context, Boot.class);
        return boot.isPresent()
                ? boot.get().ready() || waited > LIMIT.toNanos()
                : System.nanoTime() - STARTED > NO_BOOT_LIMIT.toNanos();
    }

    private static boolean complete(CommandSessionImpl session, String line) {
        List<Statement> statements;
        try {
            Parser parser = new Parser(line);
            parser.program();
            statements = parser.statements();
        } catch (SyntaxError e) {
            return true; // running it tells what is wrong
        }
        return statements.stream().filter(s -> !s.tokens().isEmpty()).map(s -> s.tokens().getFirst().toString())
                .filter(word -> word.matches("[A-Za-z][\\w:.-]*"))
                .allMatch(word -> session.get(word) != null || session.get("*:" + word) != null);
    }
}
