package org.cloudos.ssh;

import java.io.IOException;
import java.io.InputStream;
import java.io.OutputStream;
import java.nio.charset.StandardCharsets;
import org.apache.sshd.server.Environment;
import org.apache.sshd.server.Signal;
import org.apache.sshd.server.channel.ChannelSession;
import org.cloudos.shell.Shell;
import org.cloudos.shell.TerminalType;
import org.jline.terminal.Size;
import org.jline.terminal.Terminal;
import org.jline.terminal.impl.ExternalTerminal;

/** A shell: with a terminal the same as on the console, without one the lines of the input as a script. */
final class ShellChannel extends ChannelCommand {
    private static final int MAX_SCRIPT = 1 << 20;
    private final Shell shell;

    ShellChannel(Shell shell) {
        this.shell = shell;
    }

    @Override
    int run(ChannelSession channel, Environment environment, InputStream in, OutputStream out, OutputStream err)
            throws IOException {
        String type = environment.getEnv().get(Environment.ENV_TERM);
        if (type == null) {
            byte[] script = in.readNBytes(MAX_SCRIPT + 1);
            if (script.length > MAX_SCRIPT) {
                err.write("A script of more than 1 MiB\n".getBytes(StandardCharsets.UTF_8));
                return 1;
            }
            return shell.run(new String(script, StandardCharsets.UTF_8), InputStream.nullInputStream(), out, err);
        }
        try (Terminal terminal = new ExternalTerminal("ssh", TerminalType.known(type), in, out, StandardCharsets.UTF_8)) {
            terminal.setSize(size(environment));
            environment.addSignalListener((c, signal) -> {
                terminal.setSize(size(environment));
                terminal.raise(Terminal.Signal.WINCH);
            }, Signal.WINCH);
            environment.addSignalListener((c, signal) -> terminal.raise(Terminal.Signal.INT), Signal.INT);
            shell.session(terminal);
        }
        return 0;
    }

    private static Size size(Environment environment) {
        return new Size(number(environment, Environment.ENV_COLUMNS, 80), number(environment, Environment.ENV_LINES, 24));
    }

    /** What the client says; absurd sizes are not believed. */
    private static int number(Environment environment, String name, int absent) {
        String value = environment.getEnv().get(name);
        int number = value != null && value.matches("\\d{1,5}") ? Integer.parseInt(value) : 0;
        return number < 1 || number > 5000 ? absent : number;
    }
}
