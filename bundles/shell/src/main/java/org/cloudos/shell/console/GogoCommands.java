package org.cloudos.shell.console;

import java.util.Hashtable;
import java.util.Map;
import java.util.function.Supplier;
import org.apache.felix.gogo.jline.Builtin;
import org.apache.felix.gogo.jline.Procedural;
import org.apache.felix.gogo.jline.Shell;
import org.apache.felix.service.command.CommandProcessor;
import org.osgi.framework.Bundle;
import org.osgi.framework.BundleContext;
import org.osgi.framework.ServiceFactory;
import org.osgi.framework.ServiceRegistration;

/**
 * Registers gogo.jline's commands, of which this bundle carries the classes: its own activator would open a second
 * terminal and read a long script first. The names are known here, so that no class is loaded before its first use.
 */
final class GogoCommands {
    private static final String[] BUILTIN = {"format", "getopt", "new", "set", "tac", "type", "jobs", "fg", "bg",
        "keymap", "setopt", "unsetopt", "history", "widget"};
    private static final String[] PROCEDURAL =
        {"each", "if", "not", "throw", "try", "until", "while", "break", "continue"};
    private static final String[] FILES = {"cat", "echo", "grep", "sort", "sleep", "cd", "pwd", "ls", "less", "more",
        "watch", "nano", "head", "tail", "clear", "wc", "date"};
    private static final String[] SCRIPTS = {"gosh", "sh", "source"};

    private GogoCommands() { }

    static void register(BundleContext context) {
        register(context, BUILTIN, Builtin::new);
        register(context, PROCEDURAL, Procedural::new);
        register(context, FILES, () -> new FileCommands(processor(context)));
        register(context, SCRIPTS, () -> new Shell(new Scripts(context), processor(context)));
        register(context, new String[] {"help"}, Help::new);
    }

    private static void register(BundleContext context, String[] functions, Supplier<Object> commands) {
        Hashtable<String, Object> properties = new Hashtable<>(Map.of(
                CommandProcessor.COMMAND_SCOPE, "gogo", CommandProcessor.COMMAND_FUNCTION, functions));
        context.registerService(Object.class.getName(), new Late(commands), properties);
    }

    private static CommandProcessor processor(BundleContext context) {
        return Services.find(context, CommandProcessor.class)
                .orElseThrow(() -> new IllegalStateException("The command processor has gone"));
    }

    /** Makes the object when a command of it runs. */
    private static final class Late implements ServiceFactory<Object> {
        private final Supplier<Object> supplier;
        private Object commands;

        Late(Supplier<Object> supplier) {
            this.supplier = supplier;
        }

        @Override
        public synchronized Object getService(Bundle bundle, ServiceRegistration<Object> registration) {
            if (commands == null) {
                commands = supplier.get();
            }
            return commands;
        }

        @Override
        public void ungetService(Bundle bundle, ServiceRegistration<Object> registration, Object service) { }
    }

    /** The end of a script is not the end of the system. */
    private record Scripts(BundleContext context) implements Shell.Context {
        @Override
        public String getProperty(String name) {
            return context.getProperty(name);
        }

        @Override
        public void exit() { }
    }
}
