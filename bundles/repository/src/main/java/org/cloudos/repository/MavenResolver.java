package org.cloudos.repository;

import java.net.URI;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.function.Consumer;
import org.apache.maven.model.building.DefaultModelProcessor;
import org.apache.maven.model.io.DefaultModelReader;
import org.apache.maven.model.locator.DefaultModelLocator;
import org.apache.maven.model.superpom.DefaultSuperPomProvider;
import org.eclipse.aether.ConfigurationProperties;
import org.eclipse.aether.RepositorySystem;
import org.eclipse.aether.RepositorySystemSession.CloseableSession;
import org.eclipse.aether.artifact.Artifact;
import org.eclipse.aether.artifact.DefaultArtifact;
import org.eclipse.aether.collection.CollectRequest;
import org.eclipse.aether.graph.Dependency;
import org.eclipse.aether.repository.RemoteRepository;
import org.eclipse.aether.resolution.ArtifactResult;
import org.eclipse.aether.resolution.DependencyRequest;
import org.eclipse.aether.resolution.DependencyResolutionException;
import org.eclipse.aether.spi.connector.transport.TransporterFactory;
import org.eclipse.aether.supplier.RepositorySystemSupplier;
import org.eclipse.aether.supplier.SessionBuilderSupplier;
import org.eclipse.aether.transfer.AbstractTransferListener;
import org.eclipse.aether.transfer.TransferEvent;
import org.eclipse.aether.transport.file.FileTransporterFactory;
import org.eclipse.aether.transport.jdk.JdkTransporterFactory;

/** Maven's resolver: an artifact with its run-time dependencies, fetched into a folder. */
final class MavenResolver implements AutoCloseable {
    private static final int CONNECT_MS = 10_000;
    private static final int REQUEST_MS = 30_000;
    private final RepositorySystem system = new Supplier().get();
    private final List<RemoteRepository> repositories;

    /** @param urls of the repositories; none takes those that Maven itself would take without any settings */
    MavenResolver(List<String> urls) {
        this.repositories = urls.isEmpty() ? defaults() : named(urls);
    }

    private static List<RemoteRepository> named(List<String> urls) {
        List<RemoteRepository> repositories = new ArrayList<>();
        for (String url : urls) {
            URI uri = URI.create(url);
            if (uri.getScheme() == null || !List.of("http", "https", "file").contains(uri.getScheme())) {
                throw new IllegalArgumentException("cloudos.repositories: expected http, https or file URLs, found " + url);
            }
            repositories.add(new RemoteRepository.Builder("repository" + repositories.size(), "default", url).build());
        }
        return repositories;
    }

    private static List<RemoteRepository> defaults() {
        DefaultModelProcessor processor = new DefaultModelProcessor()
                .setModelLocator(new DefaultModelLocator()).setModelReader(new DefaultModelReader());
        return new DefaultSuperPomProvider().setModelProcessor(processor).getSuperModel("4.0.0").getRepositories().stream()
                .map(r -> new RemoteRepository.Builder(r.getId(), r.getLayout(), r.getUrl()).build()).toList();
    }

    String repositories() {
        return String.join(", ", repositories.stream().map(RemoteRepository::getUrl).toList());
    }

    /**
     * Fetches.
     *
     * @return the artifact first, its dependencies by nearness
     */
    List<Artifact> resolve(String coordinates, Path folder, Consumer<String> progress) throws DependencyResolutionException {
        Artifact artifact = new DefaultArtifact(coordinates(coordinates));
        try (CloseableSession session = session(folder, progress)) {
            CollectRequest collect = new CollectRequest(new Dependency(artifact, "runtime"), repositories);
            return system.resolveDependencies(session, new DependencyRequest(collect, null)).getArtifactResults().stream()
                    .map(ArtifactResult::getArtifact).filter(a -> a.getExtension().equals("jar")).toList();
        }
    }

    /** {@code group:artifact:version[:classifier]}, as people write it, in the resolver's order. */
    static String coordinates(String text) {
        String[] parts = text.split(":");
        return parts.length == 4 ? parts[0] + ":" + parts[1] + ":jar:" + parts[3] + ":" + parts[2] : text;
    }

    private CloseableSession session(Path folder, Consumer<String> progress) {
        Map<String, Object> config = new HashMap<>();
        config.put(ConfigurationProperties.CONNECT_TIMEOUT, CONNECT_MS);
        config.put(ConfigurationProperties.REQUEST_TIMEOUT, REQUEST_MS);
        config.put(ConfigurationProperties.USER_AGENT, "CloudOS");
        return new SessionBuilderSupplier(system).get().withLocalRepositoryBaseDirectories(folder)
                .setSystemProperties(System.getProperties()).setConfigProperties(config)
                .setTransferListener(new Told(progress)).build();
    }

    @Override
    public void close() {
        system.shutdown();
    }

    /** With the JDK's HTTP client. */
    private static final class Supplier extends RepositorySystemSupplier {
        @Override
        protected Map<String, TransporterFactory> createTransporterFactories() {
            return Map.of(FileTransporterFactory.NAME, new FileTransporterFactory(), JdkTransporterFactory.NAME,
                    new JdkTransporterFactory(getChecksumExtractor(), getPathProcessor()));
        }
    }

    /** Says what is fetched: jars, not the many small files around them. */
    private static final class Told extends AbstractTransferListener {
        private final Consumer<String> progress;

        Told(Consumer<String> progress) {
            this.progress = progress;
        }

        @Override
        public void transferSucceeded(TransferEvent event) {
            String name = event.getResource().getResourceName();
            if (name.endsWith(".jar")) {
                progress.accept("fetched " + name.substring(name.lastIndexOf('/') + 1) + ", "
                        + event.getTransferredBytes() / 1024 + " KiB");
            }
        }
    }
}
