package org.cloudos.test.swap;

import java.io.IOException;
import java.io.InputStream;
import java.nio.file.Files;
import java.nio.file.Path;
import java.security.MessageDigest;
import java.time.Instant;
import java.util.ArrayList;
import java.util.HexFormat;
import java.util.List;
import java.util.Optional;
import org.cloudos.kernel.swap.BundleStore;
import org.cloudos.kernel.swap.Change;

/** A store in a folder, its sets in memory; it can be full. */
final class TestStore implements BundleStore {
    final List<BundleSet> sets = new ArrayList<>(List.of(new BundleSet(0, Instant.EPOCH, List.of())));
    final List<Change> changes = new ArrayList<>();
    private final Path folder;
    private final TestConnector connector;
    private BundleSet pending;
    volatile boolean fullForJars, fullForCommits;

    TestStore(Path folder, TestConnector connector) {
        this.folder = folder;
        this.connector = connector;
    }

    @Override
    public String put(InputStream jar) throws IOException {
        if (fullForJars) throw new IOException("No space left on device");
        byte[] bytes = jar.readAllBytes();
        try {
            String sha = HexFormat.of().formatHex(MessageDigest.getInstance("SHA-256").digest(bytes));
            Files.write(file(sha), bytes);
            return sha;
        } catch (java.security.NoSuchAlgorithmException e) {
            throw new AssertionError(e);
        }
    }

    @Override
    public Path file(String sha256) {
        return folder.resolve(sha256 + ".jar");
    }

    @Override
    public synchronized BundleSet good() {
        return sets.getLast();
    }

    @Override
    public synchronized List<BundleSet> sets() {
        return List.copyOf(sets);
    }

    @Override
    public synchronized Optional<BundleSet> pending() {
        return Optional.ofNullable(pending);
    }

    @Override
    public synchronized BundleSet begin(List<Entry> entries) {
        pending = new BundleSet(sets.getLast().number() + 1, Instant.EPOCH, entries);
        return pending;
    }

    @Override
    public synchronized void commit() throws IOException {
        if (fullForCommits) throw new IOException("No space left on device");
        sets.add(pending);
        pending = null;
    }

    @Override
    public synchronized void drop() {
        pending = null;
    }

    @Override
    public synchronized void record(Change change) {
        changes.add(change);
    }

    @Override
    public synchronized List<Change> changes() {
        return List.copyOf(changes);
    }

    @Override
    public void overlay(String symbolicName, boolean overlaid) {
        connector.overlay(symbolicName, overlaid);
    }
}
