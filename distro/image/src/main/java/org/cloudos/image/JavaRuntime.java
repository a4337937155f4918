package org.cloudos.image;

import java.io.IOException;
import java.io.InputStream;
import java.io.UncheckedIOException;
import java.lang.module.ModuleFinder;
import java.lang.module.ModuleReference;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Properties;
import java.util.Set;
import java.util.TreeSet;
import java.util.jar.Attributes;
import java.util.jar.JarFile;
import java.util.jar.Manifest;
import java.util.stream.Stream;

/** The Java runtime of an image, made by jlink of the JDK that runs this, from its own modules or another architecture's. */
final class JavaRuntime {
    /** What a server's bundles may expect, so that one deployed later finds it too; no desktop, no tools. */
    private static final Set<String> BASE = Set.of("java.base", "java.instrument", "java.logging", "java.management", "java.naming",
            "java.net.http", "java.security.jgss", "java.security.sasl", "java.sql", "java.xml", "jdk.crypto.ec", "jdk.management",
            "jdk.net", "jdk.unsupported", "jdk.zipfs");
    /** Profiles name more here: -runproperties: cloudos.java.modules=java.desktop,... */
    private static final String PROPERTY = "cloudos.java.modules";

    private final Path jdk;
    private final Deb foreign;
    private final Path jmods;

    /** @param jdk that runs this, and whose architecture the image has */
    JavaRuntime(Path jdk) {
        this(jdk, null, null);
    }

    /**
     * For another architecture.
     *
     * @param foreign the package that its JDK came in
     * @param jmods   the modules of that JDK
     */
    JavaRuntime(Path jdk, Deb foreign, Path jmods) {
        this.jdk = jdk;
        this.foreign = foreign;
        this.jmods = jmods;
    }

    /** Base set, what the profile names, and the modules of the java.* packages that its bundles import and must have. */
    static Set<String> modules(Path home) throws IOException {
        Set<String> modules = new TreeSet<>(BASE);
        Path file = home.resolve("framework.properties");
        if (Files.exists(file)) {
            Properties properties = new Properties();
            try (InputStream in = Files.newInputStream(file)) {
                properties.load(in);
            }
            Stream.of(properties.getProperty(PROPERTY, "").split("[,\\s]+")).filter(m -> !m.isEmpty()).forEach(modules::add);
        }
        Map<String, String> owners = owners();
        try (Stream<Path> jars = Files.list(home.resolve("lib"))) {
            for (Path jar : jars.filter(j -> j.toString().endsWith(".jar")).sorted().toList()) {
                for (String imported : imports(jar)) {
                    String owner = owners.get(imported);
                    if (owner != null) modules.add(owner);
                }
            }
        }
        return modules;
    }

    private static Map<String, String> owners() {
        Map<String, String> owners = new HashMap<>();
        for (ModuleReference m : ModuleFinder.ofSystem().findAll()) {
            m.descriptor().exports().stream().filter(e -> !e.isQualified()).forEach(e -> owners.put(e.source(), m.descriptor().name()));
        }
        return owners;
    }

    private static List<String> imports(Path jar) throws IOException {
        try (JarFile file = new JarFile(jar.toFile())) {
            Manifest manifest = file.getManifest();
            Attributes main = manifest == null ? new Attributes() : manifest.getMainAttributes();
            return Clauses.parse(main.getValue("Import-Package")).stream()
                    .filter(c -> !"optional".equals(c.parameters().get("resolution:"))).flatMap(c -> c.names().stream()).toList();
        } catch (UncheckedIOException e) {
            throw e.getCause();
        }
    }

    /** Names this JDK's build: version, vendor, and the modules it was made of. */
    String key(Set<String> modules) throws IOException {
        Digest digest = new Digest().text(Files.readString(jdk.resolve("release"))).text(modules);
        return (foreign == null ? digest : digest.text(foreign.sha256())).hex();
    }

    void link(Set<String> modules, Path into) throws IOException {
        Path jlink = jdk.resolve("bin/jlink");
        if (!Files.isExecutable(jlink)) throw new ImageException(jdk + " is no full JDK: it has no bin/jlink. Set JAVA_HOME to a JDK 25");
        Path runtime = into.resolve("jvm");
        Tool tool = jlink(jlink, modules, runtime);
        Tool.Result result = tool.attempt();
        if (result.code() != 0 && result.output().contains("modified")) { // a distribution's own cacerts, say
            Trees.delete(runtime);
            tool = jlink(jlink, modules, runtime).add("--ignore-modified-runtime");
            result = tool.attempt();
        }
        if (result.code() != 0) throw tool.failure(result);
        keepCertificates(runtime);
        Reproducible.fixTimes(runtime);
    }

    private Tool jlink(Path jlink, Set<String> modules, Path output) {
        // Uncompressed: inflating classes under emulation costs more than reading them.
        Tool tool = new Tool(jlink, "--add-modules", String.join(",", modules), "--output", output, "--no-header-files", "--no-man-pages",
                "--compress", "zip-0");
        return jmods == null ? tool : tool.add("--module-path", jmods);
    }

    /** Distributions make cacerts a link into /etc; an image needs the file. */
    private void keepCertificates(Path runtime) throws IOException {
        Path file = runtime.resolve("lib/security/cacerts");
        Path original = jdk.resolve("lib/security/cacerts");
        if (Files.isRegularFile(file) && !Files.isSymbolicLink(file) && Files.size(file) > 0) return;
        if (!Files.exists(original)) throw new ImageException(jdk + " has no lib/security/cacerts: TLS could trust nobody");
        Files.deleteIfExists(file);
        Files.write(file, Files.readAllBytes(original));
    }
}
