package org.cloudos.image;

import static org.junit.jupiter.api.Assertions.assertEquals;

import com.google.gson.JsonArray;
import com.google.gson.JsonObject;
import com.google.gson.JsonParser;
import java.io.IOException;
import java.io.OutputStream;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.jar.JarOutputStream;
import java.util.jar.Manifest;
import java.util.zip.ZipEntry;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class SbomTest {
    @TempDir Path folder;

    private void jar(String name, String manifest, String pom) throws IOException {
        Manifest m = new Manifest(new java.io.ByteArrayInputStream(("Manifest-Version: 1.0\n" + manifest + "\n").getBytes(StandardCharsets.UTF_8)));
        try (OutputStream out = Files.newOutputStream(folder.resolve("lib").resolve(name)); JarOutputStream jar = new JarOutputStream(out, m)) {
            if (pom != null) {
                jar.putNextEntry(new ZipEntry("META-INF/maven/g/a/pom.properties"));
                jar.write(pom.getBytes(StandardCharsets.UTF_8));
            }
        }
    }

    @Test void bundlesWithNamesLicencesAndSums() throws IOException {
        Files.createDirectories(folder.resolve("lib"));
        jar("a.jar", "Bundle-SymbolicName: org.example.a;singleton:=true\nBundle-Version: 1.2.0\nBundle-License: Apache-2.0",
                "groupId=org.example\nartifactId=a\nversion=1.2\n");
        jar("b.jar", "Bundle-SymbolicName: org.example.b\nBundle-Version: 2.0.0.x y\nBundle-License: https://www.apache.org/licenses/LICENSE-2.0.txt", null);
        jar("plain.jar", "", null);
        Image.Parts parts = new Image.Parts(Arch.X86_64, "test", folder, List.of(), null, null, null, null,
                Path.of(System.getProperty("java.home"), "release"));
        new Sbom(parts).write(folder);
        String text = Files.readString(folder.resolve(Sbom.FILE));
        JsonObject bom = JsonParser.parseString(text).getAsJsonObject();
        assertEquals("1.6", bom.get("specVersion").getAsString());
        assertEquals("2026-01-01T00:00:00Z", bom.getAsJsonObject("metadata").get("timestamp").getAsString());
        JsonArray components = bom.getAsJsonArray("components");
        assertEquals(4, components.size());
        JsonObject java = components.get(0).getAsJsonObject();
        assertEquals("openjdk", java.get("name").getAsString());
        JsonObject a = components.get(1).getAsJsonObject();
        assertEquals("pkg:maven/org.example/a@1.2", a.get("purl").getAsString());
        assertEquals("Apache-2.0", license(a).get("id").getAsString());
        assertEquals(Digest.of(folder.resolve("lib/a.jar")), a.getAsJsonArray("hashes").get(0).getAsJsonObject().get("content").getAsString());
        JsonObject b = components.get(2).getAsJsonObject();
        assertEquals("pkg:generic/org.example.b@2.0.0.x%20y", b.get("purl").getAsString());
        assertEquals("Apache-2.0", license(b).get("id").getAsString());
        assertEquals("plain", components.get(3).getAsJsonObject().get("name").getAsString());

        new Sbom(parts).write(folder);
        assertEquals(text, Files.readString(folder.resolve(Sbom.FILE)));
    }

    private static JsonObject license(JsonObject component) {
        return component.getAsJsonArray("licenses").get(0).getAsJsonObject().getAsJsonObject("license");
    }
}
