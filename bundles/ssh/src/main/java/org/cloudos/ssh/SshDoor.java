package org.cloudos.ssh;

import java.io.IOException;
import java.net.InetSocketAddress;
import java.nio.file.DirectoryStream;
import java.nio.file.Files;
import java.nio.file.Path;
import java.security.GeneralSecurityException;
import java.security.KeyPair;
import java.time.Duration;
import java.util.List;
import java.util.Map;
import org.apache.sshd.common.Factory;
import org.apache.sshd.common.NamedFactory;
import org.apache.sshd.common.NamedResource;
import org.apache.sshd.common.config.keys.KeyUtils;
import org.apache.sshd.common.keyprovider.KeyPairProvider;
import org.apache.sshd.common.session.SessionListener;
import org.apache.sshd.core.CoreModuleProperties;
import org.apache.sshd.server.SshServer;
import org.apache.sshd.server.auth.pubkey.UserAuthPublicKeyFactory;
import org.apache.sshd.server.channel.ChannelSession;
import org.apache.sshd.server.channel.ChannelSessionFactory;
import org.apache.sshd.server.command.Command;
import org.apache.sshd.server.forward.RejectAllForwardingFilter;
import org.apache.sshd.server.subsystem.SubsystemFactory;
import org.cloudos.shell.Shell;
import org.osgi.framework.BundleContext;
import org.osgi.framework.FrameworkUtil;
import org.osgi.framework.ServiceRegistration;
import org.osgi.service.component.ComponentContext;
import org.osgi.service.component.annotations.Activate;
import org.osgi.service.component.annotations.Component;
import org.osgi.service.component.annotations.Deactivate;
import org.osgi.service.component.annotations.Modified;
import org.osgi.service.component.annotations.Reference;
import org.osgi.service.log.Logger;
import org.osgi.service.log.LoggerFactory;
import org.osgi.service.metatype.annotations.Designate;

/** The SSH server: one way to authenticate, three kinds of channels, nothing forwarded. */
@Component(immediate = true, service = {}, configurationPid = "org.cloudos.ssh")
@Designate(ocd = Settings.Config.class)
public final class SshDoor {
    private static final Duration AUTH_LIMIT = Duration.ofSeconds(30);
    private static final int AUTH_TRIES = 6;
    private static final int MAX_CHANNELS = 16;
    private static final int NIO_THREADS = 2;
    private final SshServer server;
    private final ServiceRegistration<?> endpoint;
    private final Logger log;
    private final Settings settings;

    /** Opens the port. What it throws, a port in use for instance, is the subsystem's cause of failure. */
    @Activate
    public SshDoor(BundleContext context, @Reference AuthorizedKeys keys, @Reference Shell shell,
            @Reference(service = LoggerFactory.class) Logger log, Map<String, Object> configured)
            throws IOException, GeneralSecurityException {
        this.log = log;
        settings = Settings.of(context, configured);
        KeyPair hostKey = HostKey.loadOrMake(settings.data().resolve("host_key"));
        removeLeftovers(settings.data());
        server = SshServer.setUpDefaultServer();
        server.setHost(settings.address());
        server.setPort(settings.port());
        server.setKeyPairProvider(KeyPairProvider.wrap(hostKey));
        authentication(keys, log);
        limits(settings);
        channels(context, shell, settings);
        open(settings);
        int port = server.getPort();
        String address = settings.address() + ":" + port;
        log.info("SSH listens on " + address + ", host key " + KeyUtils.getFingerPrint(hostKey.getPublic()));
        endpoint = context.registerService(Object.class, new Object(), FrameworkUtil.asDictionary(Map.of(
                "cloudos.endpoint", "ssh", "cloudos.endpoint.address", address, "cloudos.endpoint.port", port,
                "cloudos.endpoint.note", "host key " + KeyUtils.getFingerPrint(hostKey.getPublic()))));
    }

    private void open(Settings settings) throws IOException {
        try {
            server.start();
        } catch (IOException e) {
            server.stop(true);
            throw new IOException("can't listen on " + new InetSocketAddress(settings.address(), settings.port()) + ": "
                    + e.getMessage() + "; the setting ssh.port (or the property cloudos.ssh.port) names another", e);
        }
    }

    private void authentication(AuthorizedKeys keys, Logger log) {
        server.setUserAuthFactories(List.of(UserAuthPublicKeyFactory.INSTANCE));
        server.setPublickeyAuthenticator((user, key, session) -> {
            boolean known = keys.contains(key);
            if (!known) {
                log.debug("refused a key from {}: {}", session.getClientAddress(), KeyUtils.getFingerPrint(key));
            }
            return known;
        });
        server.setPasswordAuthenticator(null);
        server.setKeyboardInteractiveAuthenticator(null);
        server.setGSSAuthenticator(null);
        server.setHostBasedAuthenticator(null);
        // SHA-1 and CBC are for clients of the last century.
        server.setSignatureFactories(strong(server.getSignatureFactories()));
        server.setCipherFactories(strong(server.getCipherFactories()));
        server.setMacFactories(strong(server.getMacFactories()));
        server.setKeyExchangeFactories(server.getKeyExchangeFactories().stream().filter(SshDoor::strong).toList());
    }

    private static <T> List<NamedFactory<T>> strong(List<NamedFactory<T>> factories) {
        return factories.stream().filter(SshDoor::strong).toList();
    }

    private static boolean strong(NamedResource algorithm) {
        String name = algorithm.getName();
        return !name.equals("ssh-rsa") && !name.contains("sha1") && !name.contains("cbc") && !name.contains("md5")
                && !name.contains("dss") && !name.contains("cert-") && !name.startsWith("sk-") && !name.contains("3des");
    }

    /** Another place is another door: Declarative Services makes it, and tells when it can't. All else changes under the open sessions. */
    @Modified
    void modified(ComponentContext component, Map<String, Object> configured) {
        Settings now = Settings.of(component.getBundleContext(), configured);
        if (now.samePlace(settings)) {
            idle(now);
        } else {
            // Not in this thread: the component's lock is held by this call until it returns.
            Thread.ofVirtual().name("ssh moves").start(() -> {
                component.disableComponent(SshDoor.class.getName());
                component.enableComponent(SshDoor.class.getName());
            });
        }
    }

    private void idle(Settings settings) {
        CoreModuleProperties.IDLE_TIMEOUT.set(server, settings.idle());
        CoreModuleProperties.NIO2_READ_TIMEOUT.set(server, settings.idle().plus(AUTH_LIMIT));
    }

    private void limits(Settings settings) {
        CoreModuleProperties.AUTH_TIMEOUT.set(server, AUTH_LIMIT);
        idle(settings);
        CoreModuleProperties.MAX_AUTH_REQUESTS.set(server, AUTH_TRIES);
        CoreModuleProperties.MAX_CONCURRENT_CHANNELS.set(server, MAX_CHANNELS);
        CoreModuleProperties.NIO_WORKERS.set(server, NIO_THREADS);
        CoreModuleProperties.SERVER_IDENTIFICATION.set(server, "CloudOS");
        server.addSessionListener(new Connections());
    }

    private void channels(BundleContext context, Shell shell, Settings settings) {
        server.setForwardingFilter(RejectAllForwardingFilter.INSTANCE);
        server.setAgentFactory(null);
        server.setChannelFactories(List.of(ChannelSessionFactory.INSTANCE));
        server.setGlobalRequestHandlers(server.getGlobalRequestHandlers().stream()
                .filter(h -> !h.getClass().getSimpleName().contains("orward")).toList());
        server.setShellFactory(channel -> new ShellChannel(shell));
        server.setCommandFactory((channel, line) -> new ExecChannel(shell, line));
        Factory<Command> deploy = () -> new DeployChannel(context, settings.data());
        server.setSubsystemFactories(List.of(new SubsystemFactory() {
            @Override
            public String getName() {
                return "deploy";
            }

            @Override
            public Command createSubsystem(ChannelSession channel) {
                return deploy.create();
            }
        }));
    }

    private void removeLeftovers(Path folder) {
        try (DirectoryStream<Path> files = Files.newDirectoryStream(folder, "{incoming-*,host_key-*.part}")) {
            for (Path file : files) {
                Files.deleteIfExists(file);
            }
        } catch (IOException e) {
            log.warn("files of broken deployments stay in " + folder + ": " + e.getMessage());
        }
    }

    /** Ends all sessions. */
    @Deactivate
    void close() throws IOException {
        try {
            endpoint.unregister();
        } catch (IllegalStateException e) {
            log.debug("already unregistered with the bundle");
        }
        server.stop(true);
    }

    /** Bounds the number of connections, those that have not said who they are in particular. */
    private static final class Connections implements SessionListener {
        private static final int MAX = 32;
        private static final int MAX_UNKNOWN = 16;
        private final java.util.Set<org.apache.sshd.common.session.Session> all = java.util.concurrent.ConcurrentHashMap.newKeySet();

        @Override
        public void sessionCreated(org.apache.sshd.common.session.Session session) {
            all.add(session);
            long unknown = all.stream().filter(s -> !s.isAuthenticated()).count();
            if (all.size() > MAX || unknown > MAX_UNKNOWN) {
                session.close(true);
            }
        }

        @Override
        public void sessionClosed(org.apache.sshd.common.session.Session session) {
            all.remove(session);
        }
    }
}
