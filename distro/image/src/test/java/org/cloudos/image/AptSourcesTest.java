package org.cloudos.image;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.Optional;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class AptSourcesTest {
    private static final String KEYS = "/usr/share/keyrings/debian-archive-keyring.gpg";

    @Test void stanzas() {
        List<AptSources.Source> found = AptSources.parseStanzas("""
                # a comment
                Types: deb deb-src
                URIs: http://mirror.example/debian
                Suites: bookworm bookworm-updates
                # in the middle
                Components: main
                 contrib
                Signed-By: %s

                Types: deb
                URIs: http://mirror.example/off
                Suites: bookworm
                Components: main
                Enabled: no

                Types: deb-src
                URIs: http://mirror.example/source
                Suites: bookworm
                Components: main
                """.formatted(KEYS));
        assertEquals(List.of(new AptSources.Source("http://mirror.example/debian", List.of("bookworm", "bookworm-updates"),
                List.of("main", "contrib"), KEYS)), found);
    }

    @Test void embeddedKeyIsNoOtherField() {
        AptSources.Source source = AptSources.parseStanzas("""
                Types: deb
                URIs: http://x.example
                Suites: trixie
                Components: main
                Signed-By:
                 -----BEGIN PGP PUBLIC KEY BLOCK-----
                 .
                 URIs: not a field
                 -----END PGP PUBLIC KEY BLOCK-----
                """).getFirst();
        assertEquals("http://x.example", source.uri());
        assertTrue(source.signedBy().startsWith("-----BEGIN"));
    }

    @Test void lines() {
        List<AptSources.Source> found = AptSources.parseLines("""
                # deb http://commented.example bookworm main
                deb [arch=amd64 signed-by=%s] http://mirror.example/debian bookworm main non-free # why
                deb-src http://mirror.example/debian bookworm main
                deb http://flat.example/repo ./
                deb [broken http://x bookworm main
                deb\thttp://tab.example\ttrixie\tmain
                """.formatted(KEYS));
        assertEquals(List.of(
                new AptSources.Source("http://mirror.example/debian", List.of("bookworm"), List.of("main", "non-free"), KEYS),
                new AptSources.Source("http://flat.example/repo", List.of("./"), List.of(), ""),
                new AptSources.Source("http://tab.example", List.of("trixie"), List.of("main"), "")), found);
    }

    @Test void debianIsFoundAmongOthers(@TempDir Path etc) throws IOException {
        Files.createDirectories(etc.resolve("sources.list.d"));
        Files.writeString(etc.resolve("sources.list"), "deb http://security.example bookworm-security main\n");
        Files.writeString(etc.resolve("sources.list.d/aaa.list"), "deb [signed-by=/k/other.gpg] http://other.example stable main\n");
        Files.writeString(etc.resolve("sources.list.d/debian.sources"),
                "Types: deb\nURIs: http://mirror.example/debian\nSuites: bookworm\nComponents: main\nSigned-By: " + KEYS + "\n");
        Files.writeString(etc.resolve("sources.list.d/old.sources.save"), "not read");
        assertEquals(Optional.of("http://mirror.example/debian"), AptSources.debian(AptSources.read(etc)).map(AptSources.Source::uri));
    }

    @Test void noneIsNone(@TempDir Path etc) throws IOException {
        assertEquals(Optional.empty(), AptSources.debian(AptSources.read(etc)));
    }

    @Test void privateConfigurationTakesTheWayToTheMirrorOnly(@TempDir Path cache) {
        String text = new AptRoot(cache, Arch.X86_64, Progress.SILENT).configuration("""
                Acquire::http::Proxy "http://proxy.example:3128";
                Acquire::IndexTargets::deb::DEP-11 "";
                APT::Update::Post-Invoke-Success:: "touch /etc/changed";
                Acquire::Check-Valid-Until "false";
                Dir "/";
                """);
        assertTrue(text.startsWith("Acquire::http::Proxy \"http://proxy.example:3128\";\nAcquire::Check-Valid-Until \"false\";\nDir \""));
        assertTrue(text.contains("APT::Architecture \"amd64\";"));
        assertTrue(!text.contains("Post-Invoke") && !text.contains("IndexTargets"));
    }
}
