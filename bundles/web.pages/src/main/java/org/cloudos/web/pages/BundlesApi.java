package org.cloudos.web.pages;

import jakarta.servlet.Servlet;
import java.io.IOException;
import java.io.InputStream;
import java.io.OutputStream;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.Arrays;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.function.Consumer;
import org.cloudos.kernel.Subsystem;
import org.cloudos.kernel.Subsystems;
import org.cloudos.kernel.swap.BundleStore;
import org.cloudos.kernel.swap.Change;
import org.cloudos.kernel.swap.Deployment;
import org.cloudos.kernel.swap.DeploymentException;
import org.osgi.framework.Bundle;
import org.osgi.framework.BundleContext;
import org.osgi.service.component.annotations.Activate;
import org.osgi.service.component.annotations.Component;
import org.osgi.service.component.annotations.Reference;

/** Bundles, and what changes them: put in, swapped, taken back. */
@Component(service = Servlet.class, property = {Api.PATTERN + "bundles/*", Api.CONTEXT})
public final class BundlesApi extends Api {
    private static final long serialVersionUID = 1L;
    private static final long LARGEST = 128L << 20;
    private static final int BLOCK = 1 << 16;

    /** A bundle. @param origin profile, or deployed since */
    record Row(long id, String name, String version, String state, String origin, String subsystem, String health, String cause) { }

    private final transient BundleContext context;
    private final transient Deployment deployment;
    private final transient BundleStore store;
    private final transient Subsystems subsystems;

    /** What changes bundles. */
    @FunctionalInterface
    private interface Work {
        Change run(Consumer<String> progress) throws DeploymentException;
    }

    @Activate
    public BundlesApi(BundleContext context, @Reference Deployment deployment, @Reference BundleStore store, @Reference Subsystems subsystems) {
        this.context = context;
        this.deployment = deployment;
        this.store = store;
        this.subsystems = subsystems;
        get("", call -> Arrays.stream(context.getBundles()).map(this::row).toList());
        get("/history", call -> deployment.history().reversed());
        post("/upload", this::upload);
        post("/rollback", call -> {
            String name = call.text("name");
            Deployment.Options options = options(call);
            return stream(call, progress -> deployment.rollback(name, options, progress));
        });
    }

    private Row row(Bundle bundle) {
        Optional<Subsystem> subsystem = subsystems.ofBundle(bundle.getBundleId());
        String name = bundle.getSymbolicName() == null ? bundle.getLocation() : bundle.getSymbolicName();
        return new Row(bundle.getBundleId(), name, bundle.getVersion().toString(), state(bundle), store.good().find(name).isPresent() ? "deployed" : "profile",
                subsystem.map(Subsystem::name).orElse(""), subsystem.map(s -> s.health().name()).orElse(""), subsystem.map(Subsystem::cause).orElse(""));
    }

    private static String state(Bundle bundle) {
        boolean fragment = bundle.getHeaders("").get("Fragment-Host") != null;
        return switch (bundle.getState()) {
            case Bundle.ACTIVE -> "ACTIVE";
            case Bundle.STARTING -> "STARTING";
            case Bundle.STOPPING -> "STOPPING";
            case Bundle.RESOLVED -> fragment ? "FRAGMENT" : "RESOLVED";
            case Bundle.INSTALLED -> "INSTALLED";
            default -> "UNINSTALLED";
        };
    }

    private static Deployment.Options options(Call call) throws Call.Bad {
        return new Deployment.Options(Duration.ofSeconds(call.number("trial", 5, 0, 3600)), Duration.ofSeconds(call.number("drain", 5, 0, 600)));
    }

    /** The body is a jar; it is kept in a file until the change is over. */
    private Object upload(Call call) throws Exception {
        String name = call.text("name", "upload.jar").replaceAll("[^\\w.+-]", "_");
        Deployment.Options options = options(call);
        if (call.request().getContentLengthLong() > LARGEST) {
            throw Call.tooLarge(LARGEST);
        }
        Path folder = Files.createDirectories(Path.of(context.getProperty("cloudos.data"), "web/upload"));
        Path file = Files.createTempFile(folder, "upload-", ".jar");
        try {
            receive(call, file);
            return stream(call, progress -> deployment.deploy(List.of(new Deployment.Jar(name, file, Optional.empty())), options, progress));
        } finally {
            Files.deleteIfExists(file);
        }
    }

    private static void receive(Call call, Path file) throws Call.Bad, IOException {
        try (InputStream in = call.request().getInputStream(); OutputStream out = Files.newOutputStream(file)) {
            byte[] block = new byte[BLOCK];
            long sum = 0;
            for (int n; (n = in.read(block)) > 0;) {
                sum += n;
                if (sum > LARGEST) {
                    throw Call.tooLarge(LARGEST);
                }
                out.write(block, 0, n);
            }
        }
    }

    /** Tells how it goes, a JSON object a line; the last one has the change or the error. */
    private static Object stream(Call call, Work work) throws IOException, InterruptedException {
        call.response().setContentType("application/x-ndjson");
        call.response().setCharacterEncoding("UTF-8");
        Lines lines = new Lines(call.response().getOutputStream());
        // In a thread of its own: the change goes to its end also when it takes this servlet's bundle along.
        Thread thread = Thread.ofPlatform().name("web-deploy").start(() -> {
            try {
                lines.line(Map.of("change", work.run(text -> lines.line(Map.of("step", text)))));
            } catch (DeploymentException.TakenBack e) {
                lines.line(Map.of("error", message(e), "change", e.change()));
            } catch (DeploymentException | RuntimeException e) {
                lines.line(Map.of("error", message(e)));
            }
        });
        thread.join();
        return DONE;
    }

    /** Whoever listened may be gone; the work goes on. */
    private static final class Lines {
        private final OutputStream out;

        Lines(OutputStream out) {
            this.out = out;
        }

        synchronized void line(Object value) {
            try {
                out.write((Json.of(value) + "\n").getBytes(java.nio.charset.StandardCharsets.UTF_8));
                out.flush();
            } catch (IOException | IllegalStateException e) {
                return;
            }
        }
    }
}
