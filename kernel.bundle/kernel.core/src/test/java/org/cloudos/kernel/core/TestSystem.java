package org.cloudos.kernel.core;

import java.io.ByteArrayInputStream;
import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.io.InputStream;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.time.Duration;
import java.util.HashMap;
import java.util.Map;
import java.util.function.BooleanSupplier;
import java.util.jar.Attributes;
import java.util.jar.JarOutputStream;
import java.util.jar.Manifest;
import java.util.zip.ZipEntry;
import org.apache.felix.framework.FrameworkFactory;
import org.cloudos.kernel.Boot;
import org.cloudos.kernel.Incidents;
import org.cloudos.kernel.Subsystems;
import org.cloudos.kernel.core.bundle.Parts;
import org.osgi.framework.Bundle;
import org.osgi.framework.BundleContext;
import org.osgi.framework.BundleException;
import org.osgi.framework.Constants;
import org.osgi.framework.launch.Framework;

/** A real framework with the kernel started in its system bundle, so that a test shares its API classes. */
final class TestSystem implements AutoCloseable {
    private static final String SHARED = "org.osgi.service.component;version=1.5.1,"
            + "org.osgi.service.component.runtime;version=1.5,org.osgi.service.component.runtime.dto;version=1.5,"
            + "org.osgi.util.promise;version=1.3,org.osgi.util.function;version=1.2,org.apache.felix.hc.api;version=2.0";

    final Framework framework;
    final BundleContext context;
    private final KernelActivator kernel = new KernelActivator();

    TestSystem(Path storage, Map<String, String> properties) throws Exception {
        Map<String, String> all = new HashMap<>(properties);
        all.put(Constants.FRAMEWORK_STORAGE, storage.resolve("cache").toString());
        all.put(Constants.FRAMEWORK_SYSTEMPACKAGES_EXTRA, SHARED);
        all.put("ds.service.changecount.timeout", "100");
        all.put("felix.log.level", "0");
        framework = new FrameworkFactory().newFramework(all);
        framework.start();
        context = framework.getBundleContext();
        kernel.start(context);
    }

    /** Installs and starts Declarative Services. */
    void components() throws Exception {
        for (String jar : System.getProperty("java.class.path").split(":")) {
            if (jar.contains("org.apache.felix.scr-")) {
                context.installBundle("file:" + jar).start();
            }
        }
    }

    /**
     * Installs a bundle that provides a subsystem.
     *
     * @param capability attributes of its {@code cloudos.subsystem}, its name first
     * @param activator  may be null
     * @param component  an {@code OSGI-INF} description, or null
     */
    Bundle install(String capability, Class<?> activator, String component) throws IOException, BundleException {
        String name = capability.split(";")[0];
        Manifest manifest = new Manifest();
        Attributes main = manifest.getMainAttributes();
        main.put(Attributes.Name.MANIFEST_VERSION, "1.0");
        main.putValue("Bundle-ManifestVersion", "2");
        main.putValue("Bundle-SymbolicName", "test." + name);
        main.putValue("Bundle-Version", "1.2.3");
        main.putValue("Import-Package", "org.osgi.framework");
        main.putValue("Provide-Capability", "cloudos.subsystem;cloudos.subsystem=" + capability);
        if (activator != null) {
            main.putValue("Bundle-Activator", activator.getName());
        }
        if (component != null) {
            main.putValue("Service-Component", "OSGI-INF/c.xml");
        }
        ByteArrayOutputStream bytes = new ByteArrayOutputStream();
        try (JarOutputStream jar = new JarOutputStream(bytes, manifest)) {
            if (component != null) {
                jar.putNextEntry(new ZipEntry("OSGI-INF/c.xml"));
                jar.write(component.getBytes(StandardCharsets.UTF_8));
            }
            for (Class<?> part : Parts.class.getDeclaredClasses()) {
                String entry = part.getName().replace('.', '/') + ".class";
                jar.putNextEntry(new ZipEntry(entry));
                try (InputStream in = part.getResourceAsStream("/" + entry)) {
                    in.transferTo(jar);
                }
            }
        }
        return context.installBundle("test:" + name, new ByteArrayInputStream(bytes.toByteArray()));
    }

    static String component(Class<?> type, String inside) {
        return "<scr:component xmlns:scr=\"http://www.osgi.org/xmlns/scr/v1.3.0\" name=\"the.component\" immediate=\"true\">"
                + "<implementation class=\"" + type.getName() + "\"/>" + inside + "</scr:component>";
    }

    Subsystems subsystems() {
        return context.getService(context.getServiceReference(Subsystems.class));
    }

    Boot boot() {
        return context.getService(context.getServiceReference(Boot.class));
    }

    Incidents incidents() {
        return context.getService(context.getServiceReference(Incidents.class));
    }

    static boolean within(Duration limit, BooleanSupplier condition) throws InterruptedException {
        for (long end = System.nanoTime() + limit.toNanos(); System.nanoTime() < end; Thread.sleep(20)) {
            if (condition.getAsBoolean()) {
                return true;
            }
        }
        return condition.getAsBoolean();
    }

    @Override
    public void close() throws BundleException {
        kernel.stop(context);
        framework.stop();
        try {
            framework.waitForStop(10_000);
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
        }
    }
}
