package org.cloudos.config;

import java.nio.file.Path;
import java.time.Instant;
import java.util.List;
import java.util.Optional;
import org.osgi.annotation.versioning.ProviderType;

/**
 * Configuration and persisted state of the system as one signed archive (ZIP; Ed25519, RFC 8032). It holds no secrets
 * and no private keys. Thread-safe.
 */
@ProviderType
public interface SystemBackup {
    /**
     * What an archive holds.
     *
     * @param signer  fingerprint of the key that signed it
     * @param entries names of the files in it
     * @param notes   what was left out or is to be done by hand
     */
    record Summary(Path file, Instant at, String profile, String signer, long bytes, List<String> entries, List<String> notes) { }

    /**
     * Writes an archive; what is at its place is replaced when the archive is complete. The key is made at first use.
     */
    Summary write(Path file) throws ConfigException;

    /** Checks an archive without using it. */
    Summary check(Path file, Optional<String> trusted) throws ConfigException;

    /**
     * Puts back what an archive holds: the configuration as a change, then the other files, then the deployed bundles.
     *
     * @param trusted fingerprint of a foreign key that is to be accepted for this archive
     * @throws ConfigException.Refused when the archive is damaged, was tampered with, or is signed by an unknown key
     */
    Summary restore(Path file, Optional<String> trusted, String by) throws ConfigException;
}
