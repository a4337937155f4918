package org.cloudos.kernel.swap;

import java.io.IOException;
import java.io.InputStream;
import java.nio.file.Path;
import java.time.Instant;
import java.util.List;
import java.util.Optional;
import org.osgi.annotation.versioning.ProviderType;

/**
 * Where deployed bundles are kept, so that they are there after a restart. Registered by the launcher, which
 * reads it before the framework starts. Every write is on the medium (fsync) when the call returns, and a cut
 * leaves either the old or the new state.
 *
 * <p>The system's bundles are the profile's locked list with the {@linkplain #good() good set} laid over it. A
 * {@linkplain #pending() pending} set is one in trial: a boot that finds one drops it. Three boots in a row that
 * do not reach readiness go back to the good set before; and from there to the profile alone.
 */
@ProviderType
public interface BundleStore {
    /**
     * One bundle over the profile's list.
     *
     * @param sha256 of the jar, its name in the store
     */
    record Entry(String symbolicName, String version, String sha256) { }

    /**
     * A set of bundles laid over the profile's locked list: same symbolic name replaces, another adds.
     *
     * @param number counts up; 0 is the profile alone
     */
    record BundleSet(long number, Instant at, List<Entry> entries) {
        public BundleSet {
            entries = List.copyOf(entries);
        }

        /** The entry of that bundle. */
        public Optional<Entry> find(String symbolicName) {
            return entries.stream().filter(e -> e.symbolicName().equals(symbolicName)).findFirst();
        }
    }

    /**
     * Stores a jar.
     *
     * @return its SHA-256 in lower-case hex
     * @throws IOException when it can't be written whole; nothing stays of it
     */
    String put(InputStream jar) throws IOException;

    /** The stored jar's file. It may be missing when the store was damaged. */
    Path file(String sha256);

    /** The set that runs, or ran before the trial. */
    BundleSet good();

    /** All sets kept, oldest first, the good one last. */
    List<BundleSet> sets();

    /** The set in trial. */
    Optional<BundleSet> pending();

    /** Writes down that this set is being tried. */
    BundleSet begin(List<Entry> entries) throws IOException;

    /** Makes the pending set the good one. */
    void commit() throws IOException;

    /** Forgets the pending set. */
    void drop() throws IOException;

    /** Appends to the log of changes. */
    void record(Change change) throws IOException;

    /** The log of changes, oldest first. */
    List<Change> changes();

    /**
     * Tells the launcher where the next revision of a profile's bundle gets its classes. To be called before
     * {@code Bundle.update}: false has {@code update()} go back to the profile's jar with its classes on the JVM's
     * class path; true has {@code update()} take the profile's jar with a class loader of its own, which an importer
     * of packages needs whose exporter was replaced. {@code update(stream)} always has a class loader of its own.
     */
    void overlay(String symbolicName, boolean overlaid);
}
