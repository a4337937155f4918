package org.cloudos.repository;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.io.IOException;
import java.io.OutputStream;
import java.nio.file.Files;
import java.nio.file.Path;
import java.security.MessageDigest;
import java.util.ArrayList;
import java.util.HexFormat;
import java.util.List;
import java.util.Map;
import java.util.jar.Attributes;
import java.util.jar.JarOutputStream;
import java.util.jar.Manifest;
import org.eclipse.aether.artifact.Artifact;
import org.eclipse.aether.resolution.DependencyResolutionException;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class NeedsTest {
    @TempDir
    private Path folder;

    private Path jar(String name, Map<String, String> headers) throws IOException {
        Manifest manifest = new Manifest();
        manifest.getMainAttributes().put(Attributes.Name.MANIFEST_VERSION, "1.0");
        headers.forEach((k, v) -> manifest.getMainAttributes().putValue(k, v));
        Path file = folder.resolve(name + ".jar");
        try (OutputStream out = Files.newOutputStream(file); JarOutputStream jar = new JarOutputStream(out, manifest)) {
            jar.finish();
        }
        return file;
    }

    private Needs.Item bundle(String name, String imports, String exports) throws IOException {
        Map<String, String> headers = new java.util.HashMap<>(Map.of("Bundle-ManifestVersion", "2", "Bundle-SymbolicName", name,
                "Bundle-Version", "1.0.0"));
        if (!imports.isEmpty()) {
            headers.put("Import-Package", imports);
        }
        if (!exports.isEmpty()) {
            headers.put("Export-Package", exports);
        }
        return Needs.Item.of(name, jar(name, headers));
    }

    @Test
    void onlyWhatIsNeededAndItsNeedsInTurn() throws IOException {
        Needs.Item root = bundle("root", "a;version=\"[1,2)\",opt;resolution:=optional", "");
        Needs.Item a = bundle("a", "b", "a;version=1.5");
        Needs.Item b = bundle("b", "a", "b");
        Needs.Item unused = bundle("unused", "", "unused");
        Needs.Picked picked = new Needs(List.of()).pick(root, List.of(unused, a, b));
        assertEquals(List.of(root, a, b), picked.items());
        assertEquals(List.of(), picked.missing());
    }

    @Test
    void whatIsThereIsNotTakenAgain() throws IOException {
        Needs.Item root = bundle("root", "a;version=\"[1,2)\"", "");
        Needs.Item a = bundle("a", "", "a;version=1.5");
        Needs needs = new Needs(a.resource().getCapabilities(null));
        assertEquals(List.of(root), needs.pick(root, List.of(a)).items());
    }

    @Test
    void anOlderOneThatIsThereIsNotEnough() throws IOException {
        Needs.Item root = bundle("root", "a;version=\"[2,3)\"", "");
        Needs.Item old = bundle("old", "", "a;version=1.5");
        Needs.Item fresh = bundle("fresh", "", "a;version=2.1");
        assertEquals(List.of(root, fresh), new Needs(old.resource().getCapabilities(null)).pick(root, List.of(fresh)).items());
    }

    @Test
    void whatNobodyBringsIsTold() throws IOException {
        Needs.Item root = bundle("root", "gone;version=\"[1,2)\"", "");
        Needs.Item plain = Needs.Item.of("plain", jar("plain", Map.of()));
        assertTrue(!plain.isBundle());
        String missing = new Needs(List.of()).pick(root, List.of(plain)).missing().getFirst();
        assertTrue(missing.startsWith("root needs the package") && missing.contains("gone"), missing);
    }

    @Test
    void aBrokenManifestOrJarIsTold() throws IOException {
        Path broken = Files.writeString(folder.resolve("broken.jar"), "no jar");
        assertThrows(IOException.class, () -> Needs.Item.of("broken", broken));
        Path odd = jar("odd", Map.of("Bundle-ManifestVersion", "2", "Bundle-SymbolicName", "odd", "Require-Capability", "x;filter:=\"(((\""));
        assertThrows(IOException.class, () -> Needs.Item.of("odd", odd));
    }

    /** A repository in a folder: the resolver follows the POM, and says what is not there. */
    @Test
    void resolvesFromAFolder() throws Exception {
        Path repository = folder.resolve("repository");
        deploy(repository, "app", "<dependencies><dependency><groupId>g</groupId><artifactId>lib</artifactId>"
                + "<version>1</version></dependency><dependency><groupId>g</groupId><artifactId>only-test</artifactId>"
                + "<version>1</version><scope>test</scope></dependency></dependencies>");
        deploy(repository, "lib", "");
        List<String> told = new ArrayList<>();
        try (MavenResolver resolver = new MavenResolver(List.of(repository.toUri().toString()))) {
            List<Artifact> artifacts = resolver.resolve("g:app:1", folder.resolve("local"), told::add);
            assertEquals(List.of("app", "lib"), artifacts.stream().map(Artifact::getArtifactId).toList());
            assertTrue(told.stream().anyMatch(t -> t.startsWith("fetched app-1.jar")), told.toString());
            assertThrows(DependencyResolutionException.class,
                    () -> resolver.resolve("g:absent:1", folder.resolve("local"), told::add));
        }
    }

    private void deploy(Path repository, String name, String dependencies) throws Exception {
        Path home = Files.createDirectories(repository.resolve("g").resolve(name).resolve("1"));
        Path pom = home.resolve(name + "-1.pom");
        Files.writeString(pom, "<project><modelVersion>4.0.0</modelVersion><groupId>g</groupId><artifactId>" + name
                + "</artifactId><version>1</version>" + dependencies + "</project>");
        Path jar = home.resolve(name + "-1.jar");
        Files.copy(jar(name, Map.of()), jar);
        for (Path file : List.of(pom, jar)) {
            byte[] sha1 = MessageDigest.getInstance("SHA-1").digest(Files.readAllBytes(file));
            Files.writeString(home.resolve(file.getFileName() + ".sha1"), HexFormat.of().formatHex(sha1));
        }
    }

    @Test
    void coordinatesAndUrls() {
        assertEquals("g:a:1", MavenResolver.coordinates("g:a:1"));
        assertEquals("g:a:jar:c:1", MavenResolver.coordinates("g:a:1:c"));
        assertThrows(IllegalArgumentException.class, () -> new MavenResolver(List.of("ftp://x/")));
        try (MavenResolver resolver = new MavenResolver(List.of())) {
            assertTrue(resolver.repositories().startsWith("https://"), resolver.repositories());
        }
    }
}
