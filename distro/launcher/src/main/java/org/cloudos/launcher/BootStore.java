package org.cloudos.launcher;

import java.io.IOException;
import java.io.InputStream;
import java.nio.charset.StandardCharsets;
import java.nio.file.DirectoryStream;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Clock;
import java.time.Instant;
import java.util.ArrayList;
import java.util.HashSet;
import java.util.List;
import java.util.Optional;
import java.util.Set;
import org.cloudos.kernel.swap.BundleStore;
import org.cloudos.kernel.swap.Change;

/**
 * The store of deployed bundles in the data directory:
 * <pre>
 *   store/SHA256.jar   the jars, by content
 *   sets/N.json        set N
 *   sets/good          number of the set that runs; without it, the profile alone
 *   sets/pending       number of the set in trial
 *   changes.jsonl      what was changed, a line each
 *   boot/attempts      "N COUNT": boots of set N that have not reached readiness
 * </pre>
 * A set is made good by the rename of {@code sets/good}, which is the one moment of commit. Whatever is damaged is
 * reported and passed over: the newest set that is whole runs, or the profile alone.
 */
final class BootStore implements BundleStore {
    static final int MAX_ATTEMPTS = 3;
    private static final int KEPT = 5;
    private static final int KEPT_CHANGES = 1000;
    private static final String JAR = ".jar";

    private final Path jars;
    private final SetFolder folder;
    private final Path good;
    private final Path pending;
    private final Path changes;
    private final Path attempts;
    private final Clock clock;
    private final Reports reports;
    private BundleSet running; // guarded by this
    private BundleSet trial;   // guarded by this
    private volatile ClassPathBundles classPath;

    BootStore(Path data, Clock clock, Reports reports) {
        this.jars = data.resolve("store");
        Path sets = data.resolve("sets");
        this.folder = new SetFolder(sets);
        this.good = sets.resolve("good");
        this.pending = sets.resolve("pending");
        this.changes = data.resolve("changes.jsonl");
        this.attempts = data.resolve("boot").resolve("attempts");
        this.clock = clock;
        this.reports = reports;
        this.running = profileAlone();
    }

    void serve(ClassPathBundles bundles) {
        classPath = bundles;
    }

    /** Chooses the set to boot. Never fails: the worst outcome is the profile alone. */
    synchronized BundleSet select() {
        running = profileAlone();
        trial = null;
        if (Files.exists(pending)) {
            dropTrialOfLastBoot();
        }
        Long number = Files.exists(good) ? readNumber(good) : Long.valueOf(0);
        if (number != null && number == 0) {
            return running;
        }
        running = newestWhole(number == null ? Long.MAX_VALUE : number);
        if (number == null || running.number() != number) {
            fallBack();
        }
        return running;
    }

    private BundleSet newestWhole(long last) {
        List<Long> candidates = folder.numbersUpTo(last);
        if (last != Long.MAX_VALUE && !candidates.contains(last)) {
            reports.warn("deployed set " + last + " is missing (" + folder.file(last) + ")", null);
        }
        for (int i = candidates.size() - 1; i >= 0; i--) {
            try {
                BundleSet set = folder.read(candidates.get(i));
                verify(set);
                if (!exhausted(set.number())) {
                    return set;
                }
            } catch (IOException | Json.Malformed e) {
                reports.warn("deployed set " + candidates.get(i) + " is damaged and passed over", e);
            }
        }
        return profileAlone();
    }

    /** Writes the choice down, and puts the newer sets out of the way: nothing is to go back to them. */
    private void fallBack() {
        reports.warn(running.number() == 0 ? "running the profile without deployed bundles"
                : "running deployed set " + running.number() + " of " + running.at(), null);
        try {
            Durable.write(good, running.number() + "\n");
            for (Long number : folder.numbersUpTo(Long.MAX_VALUE)) {
                if (number > running.number()) {
                    folder.setAside(number);
                }
            }
        } catch (IOException e) {
            reports.warn("the choice can't be written down", e);
        }
    }

    /** Counts this boot. True when set {@code number} had its attempts. */
    private boolean exhausted(long number) {
        int count = 0;
        try {
            if (Files.exists(attempts)) {
                String text = Files.readString(attempts).trim();
                if (text.startsWith(number + " ")) {
                    count = Integer.parseInt(text.substring(text.indexOf(' ') + 1));
                }
            }
        } catch (IOException | NumberFormatException e) {
            reports.warn("boot/attempts is damaged; counting from 0", e);
        }
        if (count >= MAX_ATTEMPTS) {
            reports.warn("deployed set " + number + " was booted " + count + " times without becoming ready; going back",
                    null);
            return true;
        }
        try {
            Durable.write(attempts, number + " " + (count + 1) + "\n");
        } catch (IOException e) {
            reports.warn("this boot attempt can't be counted", e);
        }
        return false;
    }

    /** This boot is a good one. */
    void ready() {
        try {
            if (Files.exists(attempts)) {
                Durable.delete(attempts);
            }
        } catch (IOException e) {
            reports.warn("boot/attempts can't be removed; three such boots select the set before", e);
        }
    }

    private void dropTrialOfLastBoot() {
        Long number = readNumber(pending);
        try {
            Durable.delete(pending);
            // The cut may have come between the commit and the removal of the mark.
            if (number != null && !number.equals(Files.exists(good) ? readNumber(good) : null)) {
                Durable.delete(folder.file(number));
                reports.warn("deployed set " + number + " was still in trial when the system went down; dropped", null);
            }
        } catch (IOException e) {
            reports.warn("the mark of a trial can't be removed", e);
        }
    }

    private void verify(BundleSet set) throws IOException {
        for (Entry entry : set.entries()) {
            Path file = file(entry.sha256());
            if (!Files.isRegularFile(file)) {
                throw new IOException("the jar of " + entry.symbolicName() + " is missing (store/" + file.getFileName() + ")");
            }
            String found = Durable.digest(file);
            if (!found.equals(entry.sha256())) {
                throw new IOException("the jar of " + entry.symbolicName() + " has changed: expected SHA-256 "
                        + entry.sha256() + ", found " + found);
            }
        }
    }

    @Override
    public String put(InputStream jar) throws IOException {
        return Durable.store(jar, jars, JAR);
    }

    @Override
    public Path file(String sha256) {
        return jars.resolve(sha256 + JAR);
    }

    @Override
    public synchronized BundleSet good() {
        return running;
    }

    @Override
    public synchronized List<BundleSet> sets() {
        List<BundleSet> all = new ArrayList<>();
        for (Long number : folder.numbersUpTo(running.number() - 1)) {
            try {
                all.add(folder.read(number));
            } catch (IOException | Json.Malformed e) {
                reports.quiet(0, "deployed set " + number + " can't be read", e);
            }
        }
        all.add(running);
        return all;
    }

    @Override
    public synchronized Optional<BundleSet> pending() {
        return Optional.ofNullable(trial);
    }

    @Override
    public synchronized BundleSet begin(List<Entry> entries) throws IOException {
        if (trial != null) {
            throw new IllegalStateException("set " + trial.number() + " is in trial");
        }
        BundleSet set = new BundleSet(folder.nextNumber(running.number()), Instant.now(clock), entries);
        Path file = folder.file(set.number());
        Durable.write(file, SetFile.emit(set));
        try {
            Durable.write(pending, set.number() + "\n");
        } catch (IOException e) {
            Files.deleteIfExists(file);
            throw e;
        }
        trial = set;
        return set;
    }

    @Override
    public synchronized void commit() throws IOException {
        BundleSet set = requireTrial();
        Durable.write(good, set.number() + "\n");
        running = set;
        trial = null;
        // From here on it is committed; what fails now is tidying up.
        try {
            Durable.delete(pending);
            collect();
        } catch (IOException e) {
            reports.quiet(0, "the store can't be tidied up", e);
        }
    }

    @Override
    public synchronized void drop() throws IOException {
        BundleSet set = requireTrial();
        trial = null;
        Durable.delete(pending);
        Durable.delete(folder.file(set.number()));
        collect();
    }

    private BundleSet requireTrial() {
        if (trial == null) {
            throw new IllegalStateException("no set is in trial");
        }
        return trial;
    }

    /**
     * Keeps the newest sets, and older ones that hold a bundle's version before, with their jars. Removes the rest,
     * and files that a cut has left behind.
     */
    private void collect() throws IOException {
        List<Long> numbers = folder.numbersUpTo(running.number());
        Set<String> used = new HashSet<>();
        Set<String> hasBefore = new HashSet<>();
        for (int i = numbers.size() - 1; i >= 0; i--) {
            Path file = folder.file(numbers.get(i));
            try {
                List<Entry> entries = folder.read(numbers.get(i)).entries();
                boolean keep = i >= numbers.size() - KEPT;
                for (Entry e : entries) {
                    keep |= isOlder(e) && hasBefore.add(e.symbolicName());
                }
                if (!keep) {
                    Files.deleteIfExists(file);
                    continue;
                }
                for (Entry e : entries) {
                    used.add(e.sha256() + JAR);
                }
            } catch (Json.Malformed e) {
                Files.deleteIfExists(file);
                reports.quiet(0, "deployed set " + numbers.get(i) + " can't be read; removed", e);
            }
        }
        removeUnused(used);
    }

    /** Whether it is another version of a bundle that runs. */
    private boolean isOlder(Entry e) {
        for (Entry now : running.entries()) {
            if (now.symbolicName().equals(e.symbolicName())) {
                return !now.sha256().equals(e.sha256());
            }
        }
        return false;
    }

    private void removeUnused(Set<String> used) throws IOException {
        if (Files.isDirectory(jars)) {
            try (DirectoryStream<Path> files = Files.newDirectoryStream(jars)) {
                for (Path file : files) {
                    if (!used.contains(file.getFileName().toString())) {
                        Files.deleteIfExists(file);
                    }
                }
            }
        }
    }

    @Override
    public synchronized void record(Change change) throws IOException {
        Durable.append(changes, SetFile.emit(change));
    }

    @Override
    public synchronized List<Change> changes() {
        List<Change> all = new ArrayList<>();
        if (!Files.exists(changes)) {
            return all;
        }
        try {
            // Decoding leniently: a damaged line must not hide the others.
            for (String line : new String(Files.readAllBytes(changes), StandardCharsets.UTF_8).split("\n")) {
                try {
                    if (!line.isBlank()) {
                        all.add(SetFile.parseChange(line));
                    }
                } catch (Json.Malformed e) {
                    reports.quiet(0, "changes.jsonl: a line is damaged and passed over", e);
                }
            }
        } catch (IOException e) {
            reports.quiet(0, "changes.jsonl can't be read", e);
        }
        return all.size() > KEPT_CHANGES ? all.subList(all.size() - KEPT_CHANGES, all.size()) : all;
    }

    @Override
    public void overlay(String symbolicName, boolean overlaid) {
        ClassPathBundles bundles = classPath;
        if (bundles != null) {
            bundles.overlay(symbolicName, overlaid);
        }
    }

    /** Null when it holds no number. */
    private Long readNumber(Path file) {
        try {
            return Long.valueOf(Files.readString(file).trim());
        } catch (IOException | NumberFormatException e) {
            reports.warn("sets/" + file.getFileName() + " is damaged", e);
            return null;
        }
    }

    private static BundleSet profileAlone() {
        return new BundleSet(0, Instant.EPOCH, List.of());
    }
}
