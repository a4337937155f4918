package org.cloudos.watch;

import java.io.File;
import java.io.IOException;
import java.io.InputStream;
import java.io.OutputStream;
import java.nio.file.Files;
import java.security.DigestInputStream;
import java.security.MessageDigest;
import java.security.NoSuchAlgorithmException;
import java.time.Duration;
import java.util.ArrayList;
import java.util.HexFormat;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.locks.Condition;
import java.util.concurrent.locks.ReentrantLock;
import java.util.jar.JarFile;
import java.util.jar.Manifest;
import org.apache.felix.fileinstall.ArtifactInstaller;
import org.cloudos.kernel.swap.BundleStore;
import org.cloudos.kernel.swap.Deployment;
import org.cloudos.kernel.swap.DeploymentException;

/**
 * Collects the jars that File Install reports until no more come for a while, then deploys them as one change. Called on
 * File Install's thread; deploys on its own, {@link #run}. Lock order: {@code lock} alone, never held during a deployment.
 */
final class DropBox implements ArtifactInstaller, Runnable {
    private final Surroundings kernel;
    private final Duration quiet;
    private final ReentrantLock lock = new ReentrantLock();
    private final Condition changed = lock.newCondition();
    private final Map<File, Boolean> pending = new LinkedHashMap<>(); // guarded by lock; true: put, false: taken away
    private long lastChange; // guarded by lock
    /** What each file's jar was when it was deployed: a file that is gone can't be asked. */
    private final Map<File, Jar> deployed = new LinkedHashMap<>(); // used by run's thread alone

    /** What it deploys into, and where it reports to. */
    interface Surroundings {
        Deployment deployment() throws InterruptedException;

        Optional<BundleStore> store();

        void info(String message);

        void error(String message);
    }

    private record Jar(String symbolicName, String sha256) { }

    /**
     * @param quiet how long no jar must come before those that came are deployed
     */
    DropBox(Surroundings kernel, Duration quiet) {
        this.kernel = kernel;
        this.quiet = quiet;
    }

    @Override public boolean canHandle(File artifact) {
        return artifact.getName().endsWith(".jar");
    }

    @Override public void install(File artifact) {
        put(artifact, true);
    }

    @Override public void update(File artifact) {
        put(artifact, true);
    }

    @Override public void uninstall(File artifact) {
        put(artifact, false);
    }

    private void put(File artifact, boolean there) {
        lock.lock();
        try {
            pending.put(artifact, there);
            lastChange = System.nanoTime();
            changed.signalAll();
        } finally {
            lock.unlock();
        }
    }

    /** Deploys until it is interrupted. */
    @Override public void run() {
        try {
            while (true) {
                Map<File, Boolean> batch = next();
                Deployment deployment = kernel.deployment();
                deploy(deployment, batch.keySet().stream().filter(batch::get).toList());
                for (File gone : batch.keySet().stream().filter(f -> !batch.get(f)).toList()) {
                    takeBack(deployment, gone);
                }
            }
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
        }
    }

    private Map<File, Boolean> next() throws InterruptedException {
        lock.lock();
        try {
            while (pending.isEmpty()) {
                changed.await();
            }
            long left = quiet.toNanos();
            while (left > 0) {
                changed.await(left, TimeUnit.NANOSECONDS);
                left = lastChange + quiet.toNanos() - System.nanoTime();
            }
            Map<File, Boolean> batch = new LinkedHashMap<>(pending);
            pending.clear();
            return batch;
        } finally {
            lock.unlock();
        }
    }

    private void deploy(Deployment deployment, List<File> files) {
        List<Deployment.Jar> jars = new ArrayList<>();
        Map<File, Jar> known = new LinkedHashMap<>();
        for (File file : files) {
            try {
                Jar jar = read(file);
                known.put(file, jar);
                if (!isDeployed(jar)) {
                    jars.add(new Deployment.Jar(file.getName(), file.toPath(), Optional.of(jar.sha256())));
                }
            } catch (IOException e) {
                kernel.error(file + " is not deployed: " + e.getMessage());
            }
        }
        deployed.putAll(known);
        if (jars.isEmpty()) {
            return;
        }
        String names = String.join(", ", jars.stream().map(Deployment.Jar::name).toList());
        try {
            deployment.deploy(jars, Deployment.Options.DEFAULT, step -> { });
            kernel.info("deployed " + names);
        } catch (DeploymentException e) {
            deployed.keySet().removeAll(known.keySet());
            kernel.error(names + (jars.size() == 1 ? " is" : " are") + " not deployed: " + e.getMessage());
        }
    }

    private boolean isDeployed(Jar jar) {
        return kernel.store().flatMap(store -> store.good().find(jar.symbolicName()))
                .filter(entry -> entry.sha256().equals(jar.sha256())).isPresent();
    }

    /** Only what is still as the file put it: a newer version came some other way, and stays. */
    private void takeBack(Deployment deployment, File file) {
        Jar jar = deployed.remove(file);
        if (jar == null || !isDeployed(jar)) {
            return;
        }
        try {
            deployment.rollback(jar.symbolicName(), Deployment.Options.DEFAULT, step -> { });
            kernel.info("took back " + jar.symbolicName() + ", since " + file.getName() + " is gone");
        } catch (DeploymentException e) {
            kernel.error(jar.symbolicName() + " stays, though " + file.getName() + " is gone: " + e.getMessage());
        }
    }

    private static Jar read(File file) throws IOException {
        String name;
        try (JarFile jar = new JarFile(file)) {
            Manifest manifest = jar.getManifest();
            name = manifest == null ? null : manifest.getMainAttributes().getValue("Bundle-SymbolicName");
        }
        if (name == null) {
            throw new IOException("it is not a bundle, its manifest has no Bundle-SymbolicName");
        }
        try (InputStream in = Files.newInputStream(file.toPath())) {
            MessageDigest digest = MessageDigest.getInstance("SHA-256");
            new DigestInputStream(in, digest).transferTo(OutputStream.nullOutputStream());
            return new Jar(name.split(";", 2)[0].strip(), HexFormat.of().formatHex(digest.digest()));
        } catch (NoSuchAlgorithmException e) {
            throw new IllegalStateException("Every JVM has SHA-256", e);
        }
    }
}
