package org.cloudos.config.store;

import java.io.IOException;
import java.nio.file.DirectoryStream;
import java.nio.file.Files;
import java.nio.file.NoSuchFileException;
import java.nio.file.Path;
import java.util.Comparator;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.SortedMap;
import java.util.TreeMap;
import java.util.TreeSet;
import java.util.function.Consumer;
import org.cloudos.config.Change;
import org.cloudos.config.layers.Folder;
import org.cloudos.config.layers.TextFile;
import org.cloudos.config.yaml.SyntaxException;

/** The revisions in {@code history/}. Not thread-safe: its user has a lock. */
public final class History {
    private static final int KEPT = 100;
    private static final int MAX_BYTES = 64 << 20;
    private static final String GOOD = "good";
    private static final String PENDING = "pending";
    private static final String CUT = "the system went down before it was confirmed";

    private final Folder folder;
    private final Path path;
    private final Consumer<String> complain;
    /** Without the texts of their files, which may be large. */
    private final TreeMap<Integer, Change> changes = new TreeMap<>();
    private Revision good;

    /** Reads what is there; a damaged revision is told and passed over. */
    public History(Folder folder, Consumer<String> complain) throws IOException {
        this.folder = folder;
        this.path = folder.path().resolve("history");
        this.complain = complain;
        if (Files.isDirectory(path)) {
            try (DirectoryStream<Path> files = Files.newDirectoryStream(path, "*.json")) {
                files.forEach(file -> load(file).ifPresent(r -> changes.put(r.change().number(), r.change())));
            }
        }
        int kept = number(GOOD).orElse(0);
        good = find(kept).or(() -> find(newestApplied())).orElse(Revision.NONE);
    }

    private Optional<Revision> load(Path file) {
        try {
            if (Files.size(file) > MAX_BYTES) {
                throw new IllegalArgumentException("larger than " + MAX_BYTES + " bytes");
            }
            return Optional.of(Revision.parse(Files.readString(file)));
        } catch (IOException | IllegalArgumentException e) {
            complain.accept(file + " is damaged and passed over: " + e.getMessage());
            return Optional.empty();
        }
    }

    private int newestApplied() {
        return changes.values().stream().filter(c -> c.outcome() == Change.Outcome.APPLIED)
                .map(Change::number).max(Comparator.naturalOrder()).orElse(0);
    }

    private Optional<Integer> number(String name) {
        try {
            String text = Files.readString(path.resolve(name)).strip();
            return text.matches("\\d{1,9}") ? Optional.of(Integer.valueOf(text)) : Optional.empty();
        } catch (NoSuchFileException e) {
            return Optional.empty();
        } catch (IOException e) {
            complain.accept(path.resolve(name) + " can't be read: " + e.getMessage());
            return Optional.empty();
        }
    }

    /**
     * At boot: takes back a change that was under way when the power was cut. A file that was edited by hand since is
     * left alone.
     *
     * @return the change that was taken back
     */
    public Optional<Revision> recover() throws IOException {
        Optional<Revision> back = recoverPending();
        for (Change begun : List.copyOf(changes.values())) {
            Optional<Revision> cut = begun.outcome() == Change.Outcome.ON_TRIAL ? find(begun.number()) : Optional.empty();
            if (cut.isPresent()) {
                save(cut.get().ended(Change.Outcome.TAKEN_BACK, CUT)); // cut before any file was touched
            }
        }
        return back;
    }

    private Optional<Revision> recoverPending() throws IOException {
        Optional<Revision> cut = number(PENDING).flatMap(this::find);
        if (cut.isEmpty()) {
            Durable.delete(path.resolve(PENDING));
            return Optional.empty();
        }
        if (cut.get().change().number() == good.change().number()) { // cut between the last two steps: it was kept
            Durable.delete(path.resolve(PENDING));
            return Optional.empty();
        }
        return Optional.of(takeBack(cut.get(), CUT));
    }

    /** The revision that is kept. */
    public Revision good() {
        return good;
    }

    /** One of them; 0 is that without any file. */
    public Optional<Revision> find(int number) {
        return number == 0 ? Optional.of(Revision.NONE)
                : changes.containsKey(number) ? load(path.resolve(number + ".json")) : Optional.empty();
    }

    /** Oldest first. */
    public List<Change> changes() {
        return List.copyOf(changes.values());
    }

    /** For the next revision. */
    public int next() {
        return changes.isEmpty() ? 1 : changes.lastKey() + 1;
    }

    /** Writes a change down and puts its files in place. */
    public void begin(Revision revision) throws IOException {
        try {
            save(revision);
            Durable.write(path.resolve(PENDING), revision.change().number() + "\n");
            put(good.files(), revision.files());
        } catch (IOException e) {
            abandon(revision, e);
            throw e;
        }
    }

    /** As if it had never begun: the disk is full, or fails. What can't be undone now is undone at the next boot. */
    private void abandon(Revision revision, IOException why) {
        try {
            put(revision.files(), good.files());
            Durable.delete(path.resolve(PENDING));
            Durable.delete(path.resolve(revision.change().number() + ".json"));
            changes.remove(revision.change().number());
        } catch (IOException e) {
            changes.computeIfPresent(revision.change().number(),
                    (number, begun) -> revision.ended(Change.Outcome.TAKEN_BACK, String.valueOf(why.getMessage())).change());
            why.addSuppressed(e);
        }
    }

    /** Keeps it. */
    public Revision commit(Revision revision) throws IOException {
        Revision kept = revision.ended(Change.Outcome.APPLIED, revision.change().reason());
        save(kept);
        Durable.write(path.resolve(GOOD), kept.change().number() + "\n");
        good = kept;
        Durable.delete(path.resolve(PENDING));
        forget();
        return kept;
    }

    /** Puts the files before it back, but for those that were edited by hand meanwhile. */
    public Revision takeBack(Revision revision, String reason) throws IOException {
        SortedMap<String, String> base = find(revision.base()).orElse(good).files();
        SortedMap<String, String> back = new TreeMap<>(base);
        for (Map.Entry<String, String> there : current(revision).entrySet()) {
            String name = there.getKey();
            if (!there.getValue().equals(revision.files().get(name)) && !there.getValue().equals(base.get(name))) {
                complain.accept(folder.file(name) + " was edited since and is left as it is");
                back.put(name, there.getValue());
            }
        }
        put(revision.files(), back);
        Revision ended = revision.ended(Change.Outcome.TAKEN_BACK, reason);
        save(ended);
        Durable.delete(path.resolve(PENDING));
        return ended;
    }

    private SortedMap<String, String> current(Revision revision) {
        SortedMap<String, String> texts = new TreeMap<>();
        for (String name : union(revision.files(), good.files())) {
            try {
                texts.put(name, TextFile.read(folder.file(name)));
            } catch (IOException | SyntaxException e) {
                continue; // gone or unreadable: it will be written again
            }
        }
        return texts;
    }

    /** Only the files that differ are written; those that are not named any more are removed. */
    private void put(SortedMap<String, String> before, SortedMap<String, String> after) throws IOException {
        for (String name : union(before, after)) {
            String text = after.get(name);
            if (text == null) {
                Durable.delete(folder.file(name));
            } else if (!text.equals(before.get(name)) || !Files.isRegularFile(folder.file(name))) {
                Durable.write(folder.file(name), text);
            }
        }
    }

    private static TreeSet<String> union(Map<String, String> a, Map<String, String> b) {
        TreeSet<String> names = new TreeSet<>(a.keySet());
        names.addAll(b.keySet());
        return names;
    }

    private void save(Revision revision) throws IOException {
        Durable.write(path.resolve(revision.change().number() + ".json"), revision.json());
        changes.put(revision.change().number(), revision.change());
    }

    private void forget() throws IOException {
        while (changes.size() > KEPT) {
            int oldest = changes.firstKey();
            Durable.delete(path.resolve(oldest + ".json"));
            changes.remove(oldest);
        }
    }
}
