package org.cloudos.shell.console;

import java.io.FileDescriptor;
import java.io.FileOutputStream;
import java.io.InputStream;
import java.util.Map;
import java.util.function.ToIntFunction;
import org.apache.felix.service.command.Converter;
import org.cloudos.shell.Shell;
import org.osgi.annotation.bundle.Header;
import org.osgi.framework.BundleActivator;
import org.osgi.framework.BundleContext;
import org.osgi.framework.Constants;
import org.osgi.framework.FrameworkUtil;

/**
 * Starts the console first, on its own thread, and registers services meanwhile. A plain activator, because the
 * prompt must not wait for Declarative Services; objects behind services are made when they are first used.
 */
@Header(name = Constants.BUNDLE_ACTIVATOR, value = "${@class}")
public final class ShellActivator implements BundleActivator {
    private SystemConsole console;

    @Override
    public void start(BundleContext context) {
        Sessions sessions = new Sessions(context);
        boolean interactive = !"false".equals(context.getProperty("cloudos.interactive"));
        if (interactive && !"none".equals(context.getProperty("cloudos.console"))) {
            console = new SystemConsole(context, sessions);
            console.start();
        }
        context.registerService(Shell.class, sessions, null);
        // Not System.out: Gogo replaces it by a stream that leads back into the session.
        ToIntFunction<String> exec = line -> sessions.run(line, InputStream.nullInputStream(),
                new FileOutputStream(FileDescriptor.out), new FileOutputStream(FileDescriptor.err));
        context.registerService(ToIntFunction.class, exec, FrameworkUtil.asDictionary(Map.of("cloudos.exec", true)));
        context.registerService(Converter.class, new LateConverter(context), null);
        GogoCommands.register(context);
    }

    @Override
    public void stop(BundleContext context) {
        if (console != null) {
            console.stop();
        }
    }
}
