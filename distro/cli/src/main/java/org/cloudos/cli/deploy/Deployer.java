package org.cloudos.cli.deploy;

import java.io.IOException;
import java.net.ConnectException;
import java.net.NoRouteToHostException;
import java.nio.channels.UnresolvedAddressException;
import java.security.KeyPair;
import java.security.PublicKey;
import java.time.Duration;
import java.util.EnumSet;
import java.util.List;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CompletionException;
import java.util.concurrent.atomic.AtomicReference;
import java.util.function.Consumer;
import org.apache.sshd.client.SshClient;
import org.apache.sshd.client.channel.ChannelSubsystem;
import org.apache.sshd.client.channel.ClientChannelEvent;
import org.apache.sshd.client.config.hosts.HostConfigEntryResolver;
import org.apache.sshd.client.session.ClientSession;
import org.apache.sshd.common.SshException;
import org.apache.sshd.common.config.keys.KeyUtils;
import org.apache.sshd.common.config.keys.PublicKeyEntry;
import org.apache.sshd.common.keyprovider.KeyIdentityProvider;
import org.cloudos.cli.Failure;

/** Sends jars to a running CloudOS over SSH. */
public final class Deployer {
    private static final Duration CONNECT = Duration.ofSeconds(15);

    /** Decides on a host key that was never seen, or is not the one remembered. */
    public interface HostKeyJudge {
        /** Returns when the key is to be trusted; else throws. */
        void judge(Target target, KnownHosts.Known known, String key, String fingerprint);
    }

    private final Target target;
    private final List<KeyPair> keys;
    private final KnownHosts knownHosts;
    private final HostKeyJudge judge;

    public Deployer(Target target, List<KeyPair> keys, KnownHosts knownHosts, HostKeyJudge judge) {
        this.target = target;
        this.keys = keys;
        this.knownHosts = knownHosts;
        this.judge = judge;
    }

    /** Sends the jars and waits for the outcome. */
    public Protocol.Result deploy(List<Package> jars, Duration trial, Duration drain, Consumer<String> progress) {
        AtomicReference<Failure> distrust = new AtomicReference<>();
        try (SshClient client = client(distrust)) {
            client.start();
            progress.accept("connecting to " + target);
            try (ClientSession session = connect(client, distrust)) {
                return exchange(session, jars, trial, drain, progress);
            }
        } catch (IOException e) {
            throw new Failure("The connection to " + target + " broke", e,
                    "What became of the deployment: bundle:history in the system's shell");
        }
    }

    private SshClient client(AtomicReference<Failure> distrust) {
        SshClient client = SshClient.setUpDefaultClient();
        client.setHostConfigEntryResolver(HostConfigEntryResolver.EMPTY);
        client.setKeyIdentityProvider(KeyIdentityProvider.EMPTY_KEYS_PROVIDER);
        client.setServerKeyVerifier((session, address, key) -> {
            try {
                trust(key);
                return true;
            } catch (Failure e) {
                distrust.set(e);
                return false;
            }
        });
        return client;
    }

    private void trust(PublicKey key) {
        String text = PublicKeyEntry.toString(key);
        KnownHosts.Known known = knownHosts.check(target, text);
        if (known != KnownHosts.Known.SAME) {
            judge.judge(target, known, text, KeyUtils.getFingerPrint(key));
            knownHosts.remember(target, text);
        }
    }

    private ClientSession connect(SshClient client, AtomicReference<Failure> distrust) throws IOException {
        ClientSession session;
        try {
            session = client.connect("cloudos", target.host(), target.port()).verify(CONNECT).getSession();
        } catch (IOException | UnresolvedAddressException e) {
            throw unreachable(e);
        }
        keys.forEach(session::addPublicKeyIdentity);
        try {
            session.auth().verify(CONNECT);
            return session;
        } catch (IOException e) {
            session.close();
            throw distrust.get() != null ? distrust.get() : refused(e);
        }
    }

    private Failure unreachable(Exception e) {
        Throwable root = e;
        while (root.getCause() != null && root.getCause() != root) {
            root = root.getCause();
        }
        if (root instanceof UnresolvedAddressException || root instanceof java.net.UnknownHostException) {
            return new Failure("There is no host '" + target.host() + "'", "Is the name right, and is there a network?");
        }
        if (root instanceof ConnectException || root instanceof NoRouteToHostException) {
            return new Failure("Nothing answers at " + target + ": " + root.getMessage(),
                    "Does the system run, and with SSH on this port? In its shell, os:status shows the port");
        }
        return new Failure("No SSH connection to " + target, root, "Does a CloudOS listen on this port?");
    }

    private Failure refused(IOException e) {
        if (e instanceof SshException && String.valueOf(e.getMessage()).contains("No more authentication methods")) {
            List<String> tried = keys.stream().map(k -> KeyUtils.getFingerPrint(k.getPublic())).toList();
            return new Failure(target + " takes none of these keys: " + String.join(", ", tried),
                    "Add the public key to DATA/ssh/authorized_keys of that system, or name another key with --identity");
        }
        return new Failure("Can't log in at " + target, e, "If the system has only just started: SSH comes after the prompt, try again");
    }

    private static Protocol.Result exchange(ClientSession session, List<Package> jars, Duration trial, Duration drain,
            Consumer<String> progress) throws IOException {
        try (ChannelSubsystem channel = session.createSubsystemChannel("deploy")) {
            channel.open().verify(CONNECT);
            CompletableFuture<Protocol.Result> answer = CompletableFuture.supplyAsync(() -> {
                try {
                    return Protocol.receive(channel.getInvertedOut(), progress);
                } catch (IOException e) {
                    throw new CompletionException(e);
                }
            }, task -> Thread.ofVirtual().start(task));
            send(jars, trial, drain, channel, answer, progress);
            Protocol.Result result = answer.join();
            channel.waitFor(EnumSet.of(ClientChannelEvent.CLOSED), Duration.ofSeconds(2));
            return result;
        } catch (CompletionException e) {
            throw e.getCause() instanceof Failure failure ? failure
                    : new Failure("The connection broke before the result came", e.getCause(),
                    "What became of it: bundle:history in the system's shell");
        }
    }

    /** The other side may refuse, and stop reading, before all is sent: then its answer tells why. */
    private static void send(List<Package> jars, Duration trial, Duration drain, ChannelSubsystem channel,
            CompletableFuture<Protocol.Result> answer, Consumer<String> progress) throws IOException {
        long total = jars.stream().mapToLong(Package::size).sum();
        progress.accept("sending " + jars.size() + (jars.size() == 1 ? " jar, " : " jars, ") + (total + 1023) / 1024 + " KiB");
        try {
            Protocol.send(jars, trial.toMillis(), drain.toMillis(), channel.getInvertedIn(), sent -> {
                if (answer.isDone()) {
                    throw new CompletionException(new IOException("answered early"));
                }
            });
        } catch (IOException | CompletionException e) {
            if (!answer.isDone() && e instanceof IOException io) {
                throw io;
            }
        }
    }
}
