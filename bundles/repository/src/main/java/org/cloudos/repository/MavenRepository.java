package org.cloudos.repository;

import java.io.IOException;
import java.nio.file.DirectoryStream;
import java.nio.file.FileVisitResult;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.SimpleFileVisitor;
import java.nio.file.attribute.BasicFileAttributes;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.Optional;
import java.util.function.Consumer;
import org.cloudos.kernel.swap.Deployment;
import org.cloudos.kernel.swap.DeploymentException;
import org.cloudos.kernel.swap.Repository;
import org.eclipse.aether.artifact.Artifact;
import org.eclipse.aether.resolution.DependencyResolutionException;
import org.eclipse.aether.transfer.ArtifactNotFoundException;
import org.osgi.framework.Bundle;
import org.osgi.framework.BundleContext;
import org.osgi.framework.wiring.BundleRevision;
import org.osgi.resource.Capability;
import org.osgi.service.component.annotations.Activate;
import org.osgi.service.component.annotations.Component;

/** Resolves Maven coordinates. Made when it is first asked; nothing of it is loaded before. */
@Component
public final class MavenRepository implements Repository {
    private final BundleContext context;
    private final Path data;

    /** Made by Declarative Services at the first call. */
    @Activate
    public MavenRepository(BundleContext context) throws IOException {
        this.context = context;
        String folder = context.getProperty("cloudos.data");
        this.data = Path.of(folder == null ? System.getProperty("java.io.tmpdir") : folder).resolve("repository");
        Files.createDirectories(data);
        try (DirectoryStream<Path> leftovers = Files.newDirectoryStream(data, "fetch-*")) {
            for (Path leftover : leftovers) {
                remove(leftover);
            }
        }
    }

    @Override
    public Found resolve(String coordinates, Consumer<String> progress) throws DeploymentException {
        Path folder;
        try {
            folder = Files.createTempDirectory(data, "fetch-");
        } catch (IOException e) {
            throw new DeploymentException.StoreFailed("No place to fetch into: " + e.getMessage(), e);
        }
        try {
            List<Needs.Item> items = pick(coordinates, folder, progress);
            List<Deployment.Jar> jars = items.stream()
                    .map(i -> new Deployment.Jar(i.coordinates(), i.file(), Optional.empty())).toList();
            return new Found(jars, () -> remove(folder));
        } catch (DeploymentException | RuntimeException e) {
            remove(folder);
            throw e;
        }
    }

    private List<Needs.Item> pick(String coordinates, Path folder, Consumer<String> progress) throws DeploymentException {
        List<Needs.Item> items = new ArrayList<>();
        for (Artifact artifact : fetch(coordinates, folder, progress)) {
            try {
                items.add(Needs.Item.of(artifact.getGroupId() + ":" + artifact.getArtifactId() + ":" + artifact.getVersion(),
                        artifact.getPath()));
            } catch (IOException e) {
                throw new DeploymentException.BadJar(e.getMessage(), e);
            }
        }
        Needs.Item root = items.getFirst();
        if (!root.isBundle()) {
            throw new DeploymentException.BadJar(coordinates + " is no OSGi bundle: its manifest has no Bundle-SymbolicName", null);
        }
        Needs.Picked picked = new Needs(present()).pick(root, items.subList(1, items.size()));
        if (!picked.missing().isEmpty()) {
            throw new DeploymentException.Unresolvable(missing(picked, items));
        }
        picked.items().stream().skip(1).forEach(i -> progress.accept("needed as well: " + i.coordinates()));
        return picked.items();
    }

    private static String missing(Needs.Picked picked, List<Needs.Item> items) {
        List<String> plain = items.stream().filter(i -> !i.isBundle()).map(Needs.Item::coordinates).toList();
        return String.join("; ", picked.missing()) + ". Nothing in this system provides it, and no dependency does as a bundle"
                + (plain.isEmpty() ? "" : ". These dependencies are no OSGi bundles: " + String.join(", ", plain));
    }

    private List<Artifact> fetch(String coordinates, Path folder, Consumer<String> progress) throws DeploymentException {
        String urls = context.getProperty("cloudos.repositories");
        List<String> list = urls == null ? List.of() : Arrays.stream(urls.split("[,\\s]+")).filter(u -> !u.isEmpty()).toList();
        try (MavenResolver resolver = new MavenResolver(list)) {
            progress.accept("resolving " + coordinates + " in " + resolver.repositories());
            return resolver.resolve(coordinates, folder, progress);
        } catch (DependencyResolutionException e) {
            throw new DeploymentException.NotFound(reason(coordinates, e));
        }
    }

    /** The innermost cause says what is the matter: no such artifact, no such host, refused, timed out. */
    private static String reason(String coordinates, Throwable e) {
        Throwable cause = e;
        boolean absent = false;
        while (cause.getCause() != null) {
            absent |= cause instanceof ArtifactNotFoundException;
            cause = cause.getCause();
        }
        absent |= cause instanceof ArtifactNotFoundException;
        if (absent) {
            return cause.getMessage();
        }
        String what = cause.getMessage() == null ? "" : ": " + cause.getMessage();
        return coordinates + " can't be fetched: " + cause.getClass().getSimpleName() + what;
    }

    private List<Capability> present() {
        List<Capability> all = new ArrayList<>();
        for (Bundle bundle : context.getBundles()) {
            BundleRevision revision = bundle.adapt(BundleRevision.class);
            if (revision != null) {
                all.addAll(revision.getCapabilities(null));
            }
        }
        return all;
    }

    private static void remove(Path folder) {
        try {
            Files.walkFileTree(folder, new SimpleFileVisitor<>() {
                @Override
                public FileVisitResult visitFile(Path file, BasicFileAttributes attributes) throws IOException {
                    Files.delete(file);
                    return FileVisitResult.CONTINUE;
                }

                @Override
                public FileVisitResult postVisitDirectory(Path directory, IOException e) throws IOException {
                    Files.delete(directory);
                    return FileVisitResult.CONTINUE;
                }
            });
        } catch (IOException e) {
            return; // removed at the next start
        }
    }
}
