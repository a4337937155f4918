package org.cloudos.ssh;

import java.io.FilterOutputStream;
import java.io.IOException;
import java.io.InputStream;
import java.io.OutputStream;
import org.apache.sshd.server.Environment;
import org.apache.sshd.server.channel.ChannelSession;
import org.cloudos.shell.Shell;

/** One line: {@code ssh HOST os:status}. */
final class ExecChannel extends ChannelCommand {
    private final Shell shell;
    private final String line;

    ExecChannel(Shell shell, String line) {
        this.shell = shell;
        this.line = line;
    }

    @Override
    int run(ChannelSession channel, Environment environment, InputStream in, OutputStream out, OutputStream err) {
        boolean terminal = environment.getEnv().containsKey(Environment.ENV_TERM); // ssh -t: raw on the client's side
        return terminal ? shell.run(line, in, new LineEnds(out), new LineEnds(err)) : shell.run(line, in, out, err);
    }

    /** A raw terminal needs a carriage return to go back to the first column. */
    private static final class LineEnds extends FilterOutputStream {
        LineEnds(OutputStream out) {
            super(out);
        }

        @Override
        public void write(int b) throws IOException {
            if (b == '\n') {
                out.write('\r');
            }
            out.write(b);
        }
    }
}
