package org.cloudos.kernel.swap;

import java.nio.file.Path;
import java.time.Duration;
import java.util.List;
import java.util.Optional;
import java.util.function.Consumer;
import org.osgi.annotation.versioning.ProviderType;

/**
 * Changes the set of bundles of a running system. Blocking; thread-safe; one change at a time.
 *
 * <p>A change runs: check digests and manifests, resolve dry, store and write down as pending, quiesce the old
 * providers and take their state, update or install, start, hand the state over, let waiting callers go on,
 * watch health for the trial period, commit. From quiesce on, a failure takes everything back.
 */
@ProviderType
public interface Deployment {
    /**
     * A jar to deploy.
     *
     * @param name   for messages, as the user gave it
     * @param file   a local file; it is copied into the store, the original is not needed later
     * @param sha256 digest that it must have, in lower-case hex
     */
    record Jar(String name, Path file, Optional<String> sha256) { }

    /**
     * How to change.
     *
     * @param trial how long the new bundles' health is watched before the change is committed
     * @param drain how long calls under way may take to end before the old provider is stopped all the same
     */
    record Options(Duration trial, Duration drain) {
        /** Trial of 5 s, drain of 5 s. */
        public static final Options DEFAULT = new Options(Duration.ofSeconds(5), Duration.ofSeconds(5));
    }

    /**
     * Puts these jars in, as one transaction: a jar whose symbolic name is installed replaces that bundle, another
     * is installed and started.
     *
     * @param progress told what is being done, a short line each
     * @throws DeploymentException when nothing was changed, or all was taken back; says why
     */
    Change deploy(List<Jar> jars, Options options, Consumer<String> progress) throws DeploymentException;

    /**
     * Puts the version before back; for a bundle that was installed and never swapped, removes it.
     *
     * @param symbolicName of the bundle
     */
    Change rollback(String symbolicName, Options options, Consumer<String> progress) throws DeploymentException;

    /** All changes that are known, oldest first, failed ones too. */
    List<Change> history();
}
