package org.cloudos.ssh;

import java.io.IOException;
import java.io.InputStream;
import java.io.OutputStream;
import java.nio.file.Path;
import java.util.Optional;
import org.apache.sshd.server.Environment;
import org.apache.sshd.server.channel.ChannelSession;
import org.cloudos.kernel.swap.Deployment;
import org.osgi.framework.BundleContext;
import org.osgi.framework.ServiceReference;

/** The subsystem {@code deploy}. */
final class DeployChannel extends ChannelCommand {
    private final BundleContext context;
    private final Path folder;

    DeployChannel(BundleContext context, Path folder) {
        this.context = context;
        this.folder = folder;
    }

    @Override
    int run(ChannelSession channel, Environment environment, InputStream in, OutputStream out, OutputStream err)
            throws IOException {
        ServiceReference<Deployment> reference = context.getServiceReference(Deployment.class);
        Optional<Deployment> deployment = Optional.ofNullable(reference).map(context::getService);
        return new DeployProtocol(deployment, folder).serve(in, out);
    }

    /** A transaction that has begun goes to its end without its client. */
    @Override
    public void destroy(ChannelSession channel) { }
}
