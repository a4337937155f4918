package org.cloudos.image;

import com.google.gson.GsonBuilder;
import java.io.IOException;
import java.io.InputStream;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Instant;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Map;
import java.util.Properties;
import java.util.Set;
import java.util.UUID;
import java.util.jar.Attributes;
import java.util.jar.JarEntry;
import java.util.jar.JarFile;
import java.util.jar.Manifest;
import java.util.stream.Stream;

/** The bill of materials of an image, CycloneDX 1.6 in JSON: every bundle, every Debian package, the Java runtime. */
final class Sbom {
    static final String FILE = "sbom.cdx.json";

    private final Image.Parts parts;

    Sbom(Image.Parts parts) {
        this.parts = parts;
    }

    void write(Path folder) throws IOException {
        List<Object> components = new ArrayList<>();
        components.add(runtime(parts.release()));
        for (Deb deb : parts.debs()) components.add(deb(deb));
        try (Stream<Path> jars = Files.list(parts.home().resolve("lib"))) {
            for (Path jar : jars.filter(j -> j.toString().endsWith(".jar")).sorted().toList()) components.add(bundle(jar));
        }
        Map<String, Object> subject = component("operating-system", "cloudos-" + parts.profile(), version(), null, null, null);
        Map<String, Object> document = new LinkedHashMap<>();
        document.put("$schema", "http://cyclonedx.org/schema/bom-1.6.schema.json");
        document.put("bomFormat", "CycloneDX");
        document.put("specVersion", "1.6");
        document.put("serialNumber", "urn:uuid:" + UUID.nameUUIDFromBytes(components.toString().getBytes(StandardCharsets.UTF_8)));
        document.put("version", 1);
        document.put("metadata", map("timestamp", Instant.ofEpochSecond(Reproducible.EPOCH_SECOND).toString(), "component", subject));
        document.put("components", components);
        String json = new GsonBuilder().setPrettyPrinting().disableHtmlEscaping().create().toJson(document);
        Files.writeString(folder.resolve(FILE), json + "\n");
    }

    private static String version() {
        String version = Sbom.class.getPackage().getImplementationVersion();
        return version == null ? "0.1.0" : version;
    }

    private Map<String, Object> runtime(Path release) throws IOException {
        Properties p = new Properties();
        try (InputStream in = Files.newInputStream(release)) {
            p.load(in);
        }
        String version = p.getProperty("JAVA_RUNTIME_VERSION", p.getProperty("JAVA_VERSION", "?")).replace("\"", "");
        String vendor = p.getProperty("IMPLEMENTOR", "").replace("\"", "");
        Map<String, Object> java = component("platform", "openjdk", version, "pkg:generic/openjdk@" + encode(version),
                license("GPL-2.0-only WITH Classpath-exception-2.0"), null);
        if (!vendor.isEmpty()) java.put("supplier", map("name", vendor));
        return java;
    }

    private Map<String, Object> deb(Deb deb) throws IOException {
        String purl = "pkg:deb/debian/" + encode(deb.name()) + "@" + encode(deb.version()) + "?arch=" + deb.arch() + "&distro=" + AptRoot.SUITE;
        return component("library", deb.name(), deb.version(), purl, debLicenses(deb), deb.sha256());
    }

    /** Debian's copyright files name licences in their own short words (DEP-5); they go in as names. */
    private static List<Object> debLicenses(Deb deb) throws IOException {
        Path work = Files.createTempDirectory("cloudos-deb");
        try {
            deb.extract(work);
            Path copyright = work.resolve("usr/share/doc/" + deb.name() + "/copyright");
            Set<String> names = new LinkedHashSet<>();
            if (Files.isRegularFile(copyright)) {
                Files.readString(copyright).lines().filter(l -> l.startsWith("License:")).map(l -> l.substring(8).strip())
                        .filter(n -> !n.isEmpty()).forEach(names::add);
            }
            if (names.isEmpty()) names.add("see usr/share/doc/" + deb.name() + "/copyright");
            return names.stream().map(n -> (Object) map("license", map("name", n))).toList();
        } finally {
            Trees.delete(work);
        }
    }

    private static Map<String, Object> bundle(Path jar) throws IOException {
        try (JarFile file = new JarFile(jar.toFile())) {
            Manifest manifest = file.getManifest();
            Attributes main = manifest == null ? new Attributes() : manifest.getMainAttributes();
            Properties maven = maven(file);
            String name = symbolicName(main, jar);
            String version = main.getValue("Bundle-Version") != null ? main.getValue("Bundle-Version") : maven.getProperty("version", "0");
            String purl = maven.isEmpty() ? "pkg:generic/" + encode(name) + "@" + encode(version)
                    : "pkg:maven/" + maven.getProperty("groupId") + "/" + maven.getProperty("artifactId") + "@" + encode(maven.getProperty("version"));
            String license = main.getValue("Bundle-License");
            return component("library", name, version, purl, license == null ? null : licenses(license), Digest.of(jar));
        }
    }

    private static String symbolicName(Attributes main, Path jar) {
        List<Clauses.Clause> clauses = Clauses.parse(main.getValue("Bundle-SymbolicName"));
        return clauses.isEmpty() ? jar.getFileName().toString().replaceFirst("\\.jar$", "") : clauses.getFirst().names().getFirst();
    }

    /** Coordinates, when there is exactly one pom.properties: a jar that holds others' has several. */
    private static Properties maven(JarFile file) throws IOException {
        List<JarEntry> found = file.stream().filter(e -> e.getName().matches("META-INF/maven/.*/pom\\.properties")).toList();
        Properties p = new Properties();
        if (found.size() == 1) {
            try (InputStream in = file.getInputStream(found.getFirst())) {
                p.load(in);
            }
        }
        return p.containsKey("groupId") && p.containsKey("artifactId") && p.containsKey("version") ? p : new Properties();
    }

    /** Bundle-License is a list of names or of addresses. */
    private static List<Object> licenses(String header) {
        List<Object> licenses = new ArrayList<>();
        for (Clauses.Clause clause : Clauses.parse(header)) {
            for (String name : clause.names()) licenses.addAll(license(name.replace("\"", "")));
        }
        return licenses;
    }

    private static List<Object> license(String text) {
        if (text.contains("://")) {
            boolean apache = text.matches("https?://(www\\.)?apache\\.org/licenses/LICENSE-2\\.0.*") || text.endsWith("opensource.org/licenses/apache2.0.php");
            return List.of(map("license", apache ? map("id", "Apache-2.0") : map("name", text, "url", text)));
        }
        if (text.contains(" WITH ") || text.contains(" OR ")) return List.of(map("expression", text));
        Set<String> known = Set.of("Apache-2.0", "MIT", "EPL-2.0", "LGPL-2.1-only", "BSD-3-Clause", "BSD-2-Clause");
        return List.of(map("license", map(known.contains(text) ? "id" : "name", text)));
    }

    private static Map<String, Object> component(String type, String name, String version, String purl, List<Object> licenses, String sha256) {
        Map<String, Object> c = new LinkedHashMap<>();
        c.put("type", type);
        c.put("bom-ref", purl == null ? name + "@" + version : purl);
        c.put("name", name);
        c.put("version", version);
        if (sha256 != null) c.put("hashes", List.of(map("alg", "SHA-256", "content", sha256)));
        if (licenses != null && !licenses.isEmpty()) c.put("licenses", licenses);
        if (purl != null) c.put("purl", purl);
        return c;
    }

    /** In this order: that of Map.of changes from run to run. */
    private static Map<String, Object> map(Object... keysAndValues) {
        Map<String, Object> map = new LinkedHashMap<>();
        for (int i = 0; i < keysAndValues.length; i += 2) map.put((String) keysAndValues[i], keysAndValues[i + 1]);
        return map;
    }

    /** Percent-encoding of purl components. */
    private static String encode(String text) {
        StringBuilder out = new StringBuilder();
        for (byte b : text.getBytes(StandardCharsets.UTF_8)) {
            char c = (char) (b & 0xff);
            if (Character.isLetterOrDigit(c) && c < 128 || "-._~".indexOf(c) >= 0) out.append(c);
            else out.append(String.format("%%%02X", b));
        }
        return out.toString();
    }
}
