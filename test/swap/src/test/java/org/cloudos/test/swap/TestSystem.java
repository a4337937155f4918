package org.cloudos.test.swap;

import java.io.IOException;
import java.io.InputStream;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.Collections;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import org.apache.felix.framework.FrameworkFactory;
import org.cloudos.greeter.Greeter;
import org.cloudos.kernel.swap.BundleStore;
import org.cloudos.kernel.swap.Change;
import org.cloudos.kernel.swap.Deployment;
import org.cloudos.kernel.swap.DeploymentException;
import org.junit.jupiter.api.TestInfo;
import org.osgi.framework.Bundle;
import org.osgi.framework.BundleContext;
import org.osgi.framework.BundleException;
import org.osgi.framework.ServiceReference;
import org.osgi.framework.launch.Framework;

/**
 * A small CloudOS in this JVM: the real framework and service component runtime, the kernel's bundles and the greeter
 * connected to the class path as in a profile, and a bundle that calls.
 */
final class TestSystem {
    static final Deployment.Options QUICK = new Deployment.Options(Duration.ofMillis(300), Duration.ofMinutes(1));
    private static final List<String> PROFILE = List.of("org.cloudos.kernel.api", "org.cloudos.kernel.swap",
            "org.apache.felix.healthcheck.api", "org.osgi.service.component", "org.osgi.util.function",
            "org.osgi.util.promise", "org.apache.felix.scr", "org.cloudos.greeter.api", "org.cloudos.greeter");

    /** Seconds that a step of a change may take: nobody needs so many, however slow the machine is. */
    private static final int PATIENT = 60;
    /** A test's tag: it waits until a step has taken too long. */
    static final String TOO_LONG = "too-long";
    /** Seconds of a step in such tests; what they do not mean to be slow must be done by then. */
    static final int IMPATIENT = 5;

    final Path folder;
    final TestConnector connector = new TestConnector();
    final TestStore store;
    final Framework framework;
    final Bundle caller;
    final List<String> progress = Collections.synchronizedList(new ArrayList<>());

    /** @param test whether it is {@link #TOO_LONG} */
    TestSystem(Path folder, TestInfo test) throws Exception {
        this(folder, test.getTags().contains(TOO_LONG) ? IMPATIENT : PATIENT);
    }

    TestSystem(Path folder) throws Exception {
        this(folder, PATIENT);
    }

    private TestSystem(Path folder, int seconds) throws Exception {
        this.folder = folder;
        store = new TestStore(Files.createDirectories(folder.resolve("store")), connector);
        StringBuilder list = new StringBuilder();
        for (String name : PROFILE) {
            boolean greeter = name.equals("org.cloudos.greeter");
            Path jar = ClassPath.jar(name, greeter ? "1.0.0" : null);
            connector.add(name, jar);
            list.append("2\tconnect\t").append(jar).append('\t').append(name).append('\t')
                    .append(greeter || name.equals("org.cloudos.greeter.api") ? "1.0.0" : "0.1.0").append('\n');
        }
        Files.writeString(folder.resolve("bundles.list"), list);
        Map<String, String> configuration = new HashMap<>();
        configuration.put("org.osgi.framework.storage", folder.resolve("cache").toString());
        configuration.put("cloudos.home", folder.toString());
        configuration.put("org.osgi.framework.system.packages.extra",
                "org.slf4j;version=1.7.36,org.slf4j.helpers;version=1.7.36");
        configuration.put("cloudos.swap.limit", Integer.toString(seconds));
        configuration.put("felix.service.urlhandlers", "false");
        framework = new FrameworkFactory().newFramework(configuration, connector);
        framework.init();
        BundleContext system = framework.getBundleContext();
        system.registerService(BundleStore.class, store, null);
        framework.start();
        for (String name : PROFILE) system.installBundle("cloudos:" + name);
        for (String name : PROFILE) bundle(name).start();
        caller = install(new TestJar("caller", "1.0.0").header("Import-Package", "org.cloudos.greeter"));
    }

    Bundle install(TestJar jar) throws IOException, BundleException {
        Path file = jar.in(folder);
        try (InputStream in = Files.newInputStream(file)) {
            Bundle bundle = framework.getBundleContext().installBundle(file.toString(), in);
            bundle.start();
            return bundle;
        }
    }

    Bundle bundle(String symbolicName) {
        for (Bundle bundle : framework.getBundleContext().getBundles()) {
            if (symbolicName.equals(bundle.getSymbolicName())) return bundle;
        }
        return null;
    }

    String version() {
        return bundle("org.cloudos.greeter").getVersion().toString();
    }

    Deployment deployment() {
        BundleContext context = framework.getBundleContext();
        return context.getService(context.getServiceReference(Deployment.class));
    }

    /** The greeter as the calling bundle gets it. */
    Greeter greeter() {
        BundleContext context = caller.getBundleContext();
        ServiceReference<Greeter> reference = context.getServiceReference(Greeter.class);
        return reference == null ? null : context.getService(reference);
    }

    static Deployment.Jar jar(Path file) {
        return new Deployment.Jar(file.getFileName().toString(), file, Optional.empty());
    }

    Change deploy(Path... files) throws DeploymentException {
        return deploy(QUICK, files);
    }

    Change deploy(Deployment.Options options, Path... files) throws DeploymentException {
        return deployment().deploy(List.of(files).stream().map(TestSystem::jar).toList(), options, progress::add);
    }

    Change rollback(String symbolicName) throws DeploymentException {
        return deployment().rollback(symbolicName, QUICK, progress::add);
    }

    void close() throws Exception {
        framework.stop();
        framework.waitForStop(10_000);
    }
}
