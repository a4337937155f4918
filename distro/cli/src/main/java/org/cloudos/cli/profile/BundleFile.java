package org.cloudos.cli.profile;

import aQute.bnd.header.Parameters;
import aQute.bnd.osgi.Domain;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Map;
import java.util.Optional;
import java.util.TreeMap;
import java.util.TreeSet;
import java.util.jar.JarFile;
import java.util.jar.Manifest;
import org.cloudos.cli.Failure;

/**
 * A jar that is a bundle.
 *
 * @param coordinates {@code group:artifact:version}, empty when it did not come through Maven
 */
public record BundleFile(Path file, String symbolicName, String version, Manifest manifest, String coordinates) {
    /** Reads a jar's manifest; nothing when it is no bundle. */
    public static Optional<BundleFile> read(Path file, String coordinates) {
        try (JarFile jar = new JarFile(file.toFile())) {
            Manifest manifest = jar.getManifest();
            if (manifest == null || manifest.getMainAttributes().getValue("Bundle-SymbolicName") == null) {
                return Optional.empty();
            }
            Domain domain = Domain.domain(manifest);
            String version = domain.getBundleVersion();
            return Optional.of(new BundleFile(file, domain.getBundleSymbolicName().getKey(),
                    aQute.bnd.version.Version.parseVersion(version).toString(), manifest, coordinates));
        } catch (IOException e) {
            throw new Failure("Can't read " + file + " as a jar", e);
        }
    }

    /** A header of its manifest, parsed. */
    public Parameters header(String name) {
        return new Parameters(manifest.getMainAttributes().getValue(name));
    }

    /** A header's text; empty when it is not there. */
    public String text(String name) {
        return Optional.ofNullable(manifest.getMainAttributes().getValue(name)).orElse("");
    }

    /** Size in bytes. */
    public long size() {
        try {
            return Files.size(file);
        } catch (IOException e) {
            throw new Failure("Can't read " + file, e);
        }
    }

    /** The packages that have a class or resource in the jar, {@code META-INF}, {@code OSGI-INF} and the root not counted. */
    public TreeSet<String> packages() {
        return new TreeSet<>(contents().keySet());
    }

    /** What {@link #packages} have in them, by package: two jars with the same text there have the same files, by name, size and CRC-32. */
    public Map<String, String> contents() {
        TreeMap<String, TreeSet<String>> contents = new TreeMap<>();
        try (JarFile jar = new JarFile(file.toFile())) {
            jar.stream().filter(entry -> !entry.isDirectory()).forEach(entry -> {
                String name = entry.getName();
                int slash = name.lastIndexOf('/');
                if (slash > 0 && !name.startsWith("META-INF/") && !name.startsWith("OSGI-INF/")
                        && !name.startsWith("OSGI-OPT/")) {
                    contents.computeIfAbsent(name.substring(0, slash).replace('/', '.'), p -> new TreeSet<>())
                            .add(name.substring(slash + 1) + ' ' + entry.getSize() + ' ' + entry.getCrc());
                }
            });
        } catch (IOException e) {
            throw new Failure("Can't read " + file + " as a jar", e);
        }
        Map<String, String> texts = new TreeMap<>();
        contents.forEach((name, files) -> texts.put(name, String.join("\n", files)));
        return texts;
    }
}
