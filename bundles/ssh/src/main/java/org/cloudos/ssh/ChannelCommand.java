package org.cloudos.ssh;

import java.io.IOException;
import java.io.InputStream;
import java.io.OutputStream;
import org.apache.sshd.server.Environment;
import org.apache.sshd.server.ExitCallback;
import org.apache.sshd.server.channel.ChannelSession;
import org.apache.sshd.server.command.Command;

/** A channel's work in a thread of its own, which ends when the channel does. */
abstract class ChannelCommand implements Command {
    private InputStream in;
    private OutputStream out;
    private OutputStream err;
    private ExitCallback exit;
    private volatile Thread thread;

    /**
     * Does the work.
     *
     * @return the exit status
     */
    abstract int run(ChannelSession channel, Environment environment, InputStream in, OutputStream out, OutputStream err)
            throws IOException;

    @Override
    public void start(ChannelSession channel, Environment environment) {
        thread = Thread.ofPlatform().daemon().name("ssh " + getClass().getSimpleName()).start(() -> {
            int status = 1;
            try {
                status = run(channel, environment, in, out, err);
                flush();
            } catch (IOException e) {
                status = 255; // the connection has ended; there is nobody left to tell
            } finally {
                exit.onExit(status);
            }
        });
    }

    private void flush() {
        try {
            out.flush();
            err.flush();
        } catch (IOException e) {
            return; // closed by the work itself, which decides on the status
        }
    }

    @Override
    public void destroy(ChannelSession channel) {
        Thread working = thread;
        if (working != null) {
            working.interrupt();
        }
    }

    @Override
    public void setInputStream(InputStream in) {
        this.in = in;
    }

    @Override
    public void setOutputStream(OutputStream out) {
        this.out = out;
    }

    @Override
    public void setErrorStream(OutputStream err) {
        this.err = err;
    }

    @Override
    public void setExitCallback(ExitCallback exit) {
        this.exit = exit;
    }
}
