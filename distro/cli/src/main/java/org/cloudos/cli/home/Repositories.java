package org.cloudos.cli.home;

import java.io.IOException;
import java.io.InputStream;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.Optional;
import java.util.stream.Stream;
import java.util.zip.ZipEntry;
import java.util.zip.ZipFile;
import javax.xml.parsers.DocumentBuilderFactory;
import javax.xml.parsers.ParserConfigurationException;
import org.w3c.dom.Document;
import org.w3c.dom.Element;
import org.w3c.dom.NodeList;
import org.xml.sax.SAXException;

/**
 * Where a running system gets bundles by Maven coordinates: where this machine's own Maven gets them. The mirror of
 * its settings, else what Maven's built-in super POM names. {@code CLOUDOS_REPOSITORIES} (URLs, separated by commas)
 * replaces both.
 */
public final class Repositories {
    private static final String SUPER_POM = "org/apache/maven/model/pom-4.0.0.xml";
    private static final String CENTRAL = "central";

    private Repositories() { }

    /** The URLs, separated by commas; empty when this machine's Maven tells none. */
    public static String ofThisMachine() {
        String told = System.getenv("CLOUDOS_REPOSITORIES");
        if (told != null) {
            return told;
        }
        try {
            Optional<String> mirror = mirror(Path.of(System.getProperty("user.home"), ".m2/settings.xml"));
            return mirror.isPresent() ? mirror.get() : central().orElse("");
        } catch (IOException | SAXException | ParserConfigurationException e) {
            return ""; // the system says that it has no repository when one is asked for
        }
    }

    static Optional<String> mirror(Path settings) throws IOException, SAXException, ParserConfigurationException {
        if (!Files.isRegularFile(settings)) {
            return Optional.empty();
        }
        try (InputStream in = Files.newInputStream(settings)) {
            return elements(parse(in), "mirror").stream().filter(m -> ofCentral(text(m, "mirrorOf"))).map(m -> text(m, "url"))
                    .findFirst();
        }
    }

    private static boolean ofCentral(String pattern) {
        List<String> parts = Arrays.stream(pattern.split(",")).map(String::strip).toList();
        return !parts.contains("!" + CENTRAL)
                && parts.stream().anyMatch(p -> p.equals("*") || p.equals(CENTRAL) || p.startsWith("external:"));
    }

    private static Optional<String> central() throws IOException, SAXException, ParserConfigurationException {
        for (Path library : mavenLibraries()) {
            try (ZipFile zip = new ZipFile(library.toFile())) {
                ZipEntry pom = zip.getEntry(SUPER_POM);
                if (pom != null) {
                    return elements(parse(zip.getInputStream(pom)), "repository").stream()
                            .filter(r -> text(r, "id").equals(CENTRAL)).map(r -> text(r, "url")).findFirst();
                }
            }
        }
        return Optional.empty();
    }

    private static List<Path> mavenLibraries() throws IOException {
        for (String folder : System.getenv().getOrDefault("PATH", "").split(":")) {
            Path program = Path.of(folder, "mvn");
            if (Files.isExecutable(program)) {
                try (Stream<Path> files = Files.list(program.toRealPath().resolveSibling("../lib"))) {
                    return files.filter(f -> f.getFileName().toString().matches("maven-model-builder-.*\\.jar|maven-model-builder\\.jar"))
                            .toList();
                }
            }
        }
        return List.of();
    }

    private static Document parse(InputStream in) throws IOException, SAXException, ParserConfigurationException {
        DocumentBuilderFactory factory = DocumentBuilderFactory.newInstance();
        factory.setFeature("http://apache.org/xml/features/disallow-doctype-decl", true);
        return factory.newDocumentBuilder().parse(in);
    }

    private static List<Element> elements(Document document, String name) {
        NodeList found = document.getElementsByTagName(name);
        List<Element> elements = new ArrayList<>();
        for (int i = 0; i < found.getLength(); i++) {
            elements.add((Element) found.item(i));
        }
        return elements;
    }

    private static String text(Element parent, String child) {
        NodeList found = parent.getElementsByTagName(child);
        return found.getLength() == 0 ? "" : found.item(0).getTextContent().strip();
    }
}
