package org.cloudos.kernel.swap;

import java.io.Closeable;
import java.util.List;
import java.util.function.Consumer;
import org.osgi.annotation.versioning.ProviderType;

/** Finds bundles by name outside this system, with what they need and is not there. Blocking; thread-safe. */
@ProviderType
public interface Repository {
    /**
     * Bundles brought here.
     *
     * @param jars local files, what was asked for first; they go when this is closed
     * @param done removes the files
     */
    record Found(List<Deployment.Jar> jars, Runnable done) implements Closeable {
        public Found {
            jars = List.copyOf(jars);
        }

        @Override
        public void close() {
            done.run();
        }
    }

    /**
     * Resolves an artifact and those of its dependencies that this system does not provide yet.
     *
     * @param coordinates {@code group:artifact:version}
     * @param progress    told of what is fetched, a short line each
     * @throws DeploymentException.NotFound     when there is no such artifact, or no repository can be reached
     * @throws DeploymentException.BadJar       when it is no bundle
     * @throws DeploymentException.Unresolvable when it needs something that no dependency brings as a bundle
     */
    Found resolve(String coordinates, Consumer<String> progress) throws DeploymentException;
}
