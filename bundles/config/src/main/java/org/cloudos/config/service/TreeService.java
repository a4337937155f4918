package org.cloudos.config.service;

import java.io.IOException;
import java.time.Clock;
import java.time.Duration;
import java.time.Instant;
import java.time.temporal.ChronoUnit;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.SortedMap;
import java.util.TreeMap;
import java.util.TreeSet;
import java.util.concurrent.locks.ReentrantLock;
import org.cloudos.config.Change;
import org.cloudos.config.ConfigException;
import org.cloudos.config.ConfigTree;
import org.cloudos.config.Edit;
import org.cloudos.config.Explanation;
import org.cloudos.config.Layer;
import org.cloudos.config.Problem;
import org.cloudos.config.Setting;
import org.cloudos.config.Source;
import org.cloudos.config.Trial;
import org.cloudos.config.apply.AdminWriter;
import org.cloudos.config.apply.HealthLook;
import org.cloudos.config.layers.Document;
import org.cloudos.config.layers.Evaluation;
import org.cloudos.config.layers.Evaluator;
import org.cloudos.config.layers.Folder;
import org.cloudos.config.layers.Property;
import org.cloudos.config.layers.References;
import org.cloudos.config.schema.Attribute;
import org.cloudos.config.schema.JsonSchema;
import org.cloudos.config.schema.Schema;
import org.cloudos.config.store.History;
import org.cloudos.config.store.Revision;

/** The tree, and its changes one after the other. */
final class TreeService implements ConfigTree {
    private final Folder folder;
    private final Property.Start start;
    private final References references;
    private final Surroundings system;
    private final AdminWriter writer;
    private final HealthLook health;
    private final Clock clock;
    private final SecretPrints secrets;

    private final ReentrantLock lock = new ReentrantLock();
    private final History history; // guarded by lock
    private volatile Evaluation inForce = Evaluation.empty(); // written under lock
    private volatile List<Problem> problems = List.of(); // of the files as they are; written under lock
    private Revision onTrial; // guarded by lock; null without a trial
    private TrialWatch watch; // guarded by lock
    private volatile Trial trial; // written under lock

    TreeService(Folder folder, Property.Start start, References references, Surroundings system, AdminWriter writer,
            HealthLook health, Clock clock) throws IOException {
        this.folder = folder;
        this.start = start;
        this.references = references;
        this.system = system;
        this.writer = writer;
        this.health = health;
        this.clock = clock;
        this.secrets = new SecretPrints(references);
        this.history = new History(folder, system::warn);
    }

    /** Takes back what was cut, and applies what is there: all of it when it is valid, else the last that was. */
    void boot() throws ConfigException {
        lock.lock();
        try {
            history.recover().ifPresent(cut -> system.warn("the change " + cut.change().number() + " is taken back: " + cut.change().reason()));
            takeIn(Change.Kind.BOOT, System.nanoTime());
        } catch (IOException e) {
            throw failed(e);
        } finally {
            lock.unlock();
        }
    }

    /** Ends the trial's thread; the trial goes back at the next boot. */
    void close() {
        lock.lock();
        try {
            if (watch != null) {
                watch.stop();
            }
        } finally {
            lock.unlock();
        }
    }

    @Override public List<Setting> settings(boolean defaults) {
        return List.copyOf(inForce.settings(defaults).values());
    }

    @Override public Optional<Setting> setting(String key) {
        return inForce.setting(key);
    }

    @Override public List<Problem> problems() {
        return problems;
    }

    @Override public Optional<Trial> trial() {
        return Optional.ofNullable(trial);
    }

    @Override public String jsonSchema() {
        return JsonSchema.of(system.schema());
    }

    @Override public List<String> keys() {
        TreeSet<String> keys = new TreeSet<>(system.schema().keys());
        keys.addAll(inForce.settings(true).keySet());
        return List.copyOf(keys);
    }

    @Override public Explanation explain(String key) throws ConfigException {
        Evaluation tree = inForce;
        Optional<Schema.Key> known = tree.schema().key(key).or(() -> system.schema().key(key));
        List<Setting> set = tree.layers().getOrDefault(known.map(Schema.Key::text).orElse(key), List.of());
        if (known.isEmpty()) {
            if (set.isEmpty()) {
                throw new ConfigException.Refused(key + ": unknown" + system.schema().nearest(key));
            }
            return new Explanation(key, "", key, "", false, "", "no bundle declares it", "", set.getLast().value(), set);
        }
        Schema.Key k = known.get();
        Attribute attribute = k.attribute();
        List<Setting> layers = new ArrayList<>();
        attribute.byDefault().ifPresent(v -> layers.add(new Setting(k.text(), v, Source.of(Layer.DEFAULT, k.section().bundle()))));
        layers.addAll(set);
        String description = attribute.title() + (attribute.description().isEmpty() ? "" : ": " + attribute.description());
        return new Explanation(k.text(), k.pid(), attribute.id(), attribute.typeWord(), attribute.required(), attribute.allowed(), description,
                k.section().bundle(), layers.isEmpty() ? null : layers.getLast().value(), layers);
    }

    @Override public Map<String, String> files() {
        return texts(folder.read());
    }

    @Override public List<Problem> check(List<Edit> edits) {
        List<Document> documents = folder.read();
        try {
            return evaluate(with(documents, edited(documents, edits))).problems();
        } catch (ConfigException e) {
            return List.of(Problem.error(null, "", e.getMessage()));
        }
    }

    @Override public List<Change.Difference> preview(List<Edit> edits) throws ConfigException {
        List<Document> documents = folder.read();
        return valid(evaluate(with(documents, edited(documents, edits)))).since(inForce);
    }

    @Override public List<Change> history() {
        lock.lock();
        try {
            return history.changes();
        } finally {
            lock.unlock();
        }
    }

    @Override public List<Change.Difference> difference(int from, int to) throws ConfigException {
        lock.lock();
        try {
            List<Document> now = folder.read();
            return evaluate(with(now, revision(to).files())).since(evaluate(with(now, revision(from).files())));
        } finally {
            lock.unlock();
        }
    }

    @Override public Optional<Change> reload() throws ConfigException {
        return reload(System.nanoTime());
    }

    /** @param seen when the change of a file was seen, by the JVM's clock of nanoseconds */
    Optional<Change> reload(long seen) throws ConfigException {
        lock.lock();
        try {
            if (onTrial != null) {
                return Optional.empty(); // when the trial ends
            }
            return takeIn(Change.Kind.RELOAD, seen);
        } catch (IOException e) {
            throw failed(e);
        } finally {
            lock.unlock();
        }
    }

    /**
     * Takes in the files as they are.
     *
     * <p>Preconditions: lock held, no trial.
     */
    private Optional<Change> takeIn(Change.Kind kind, long seen) throws ConfigException, IOException {
        List<Document> documents = folder.read();
        Evaluation tree = evaluate(documents);
        problems = tree.problems();
        if (!tree.valid()) {
            SortedMap<String, String> good = history.good().files();
            Evaluation last = evaluate(with(documents, good));
            apply(last); // also for bundles that came meanwhile; what they can't take of it is left out
            if (kind == Change.Kind.RELOAD) {
                throw new ConfigException.Invalid(tree.problems());
            }
            system.warn("the configuration has errors, revision " + history.good().change().number() + " stays in force:\n"
                    + new ConfigException.Invalid(tree.problems()).getMessage());
            return Optional.empty();
        }
        List<String> pids = apply(tree);
        Duration took = Duration.ofNanos(System.nanoTime() - seen);
        SortedMap<String, String> texts = texts(documents);
        if (system.early() || texts.equals(history.good().files())) {
            return Optional.empty(); // early: what is not declared yet has not been checked yet
        }
        List<Change.Difference> differences = tree.since(evaluate(with(documents, history.good().files())));
        Revision revision = new Revision(new Change(history.next(), clock.instant(), kind, "files", Change.Outcome.APPLIED,
                differences, pids, took, ""), history.good().change().number(), texts);
        return Optional.of(history.commit(revision).change());
    }

    @Override public Change change(List<Edit> edits, Change.Options options) throws ConfigException {
        lock.lock();
        try {
            requireNoTrial();
            takeInQuietly();
            long begun = System.nanoTime();
            List<Document> documents = folder.read();
            SortedMap<String, String> before = texts(documents);
            SortedMap<String, String> after = edited(documents, edits);
            Evaluation tree = valid(evaluate(with(documents, after)));
            requireInForce(edits, tree);
            if (after.equals(before)) {
                return nothing(options);
            }
            Revision revision = new Revision(new Change(history.next(), clock.instant(), options.kind(), options.by(), Change.Outcome.ON_TRIAL,
                    tree.since(inForce), List.of(), Duration.ZERO, options.reason()), history.good().change().number(), after);
            return make(revision, tree, options, begun);
        } catch (IOException e) {
            throw failed(e);
        } finally {
            lock.unlock();
        }
    }

    private Change make(Revision revision, Evaluation tree, Change.Options options, long begun) throws ConfigException, IOException {
        TrialWatch watching = options.trial().map(limit -> new TrialWatch(health, limit, this::back)).orElse(null);
        history.begin(revision);
        List<String> pids;
        try {
            pids = apply(tree);
        } catch (ConfigException e) {
            history.takeBack(revision, e.getMessage());
            throw e;
        }
        problems = tree.problems();
        Revision applied = revision.applied(pids, Duration.ofNanos(System.nanoTime() - begun));
        if (watching == null) {
            return history.commit(applied).change();
        }
        onTrial = applied;
        watch = watching;
        trial = new Trial(applied.change().number(), clock.instant().plus(options.trial().orElseThrow()), options.by());
        watching.start();
        return applied.change();
    }

    @Override public Change rollback(int number, Change.Options options) throws ConfigException {
        lock.lock();
        try {
            SortedMap<String, String> target = revision(number).files();
            List<Edit> edits = new ArrayList<>();
            TreeSet<String> names = new TreeSet<>(files().keySet());
            names.addAll(target.keySet());
            names.forEach(name -> edits.add(new Edit.Text(name, target.get(name))));
            return change(edits, options);
        } finally {
            lock.unlock();
        }
    }

    @Override public Change confirm() throws ConfigException {
        lock.lock();
        try {
            requireTrial();
            Map<String, String> worse = watch.worse(true);
            if (!worse.isEmpty()) {
                throw new ConfigException.Refused("not confirmed, since something is not well that was before: " + TrialWatch.text(worse));
            }
            Revision kept = history.commit(onTrial);
            endTrial();
            system.info("configuration " + kept.change().number() + " is confirmed");
            takeInQuietly();
            return kept.change();
        } catch (IOException e) {
            throw failed(e);
        } finally {
            lock.unlock();
        }
    }

    @Override public Change cancel(String reason) throws ConfigException {
        lock.lock();
        try {
            requireTrial();
            Revision ended;
            try {
                apply(evaluate(with(folder.read(), history.good().files()))); // first: the files can wait
                ended = history.takeBack(onTrial, reason);
            } finally {
                endTrial(); // last: who waits for the trial's end finds the old settings in force
            }
            system.warn("configuration " + ended.change().number() + " is taken back: " + reason);
            takeInQuietly();
            return ended.change();
        } catch (IOException e) {
            throw failed(e);
        } finally {
            lock.unlock();
        }
    }

    /** The watch's end of a trial. */
    private void back(String reason) {
        lock.lock();
        try {
            if (onTrial != null && !Thread.currentThread().isInterrupted()) {
                cancel(reason);
            }
        } catch (ConfigException e) {
            system.warn("the trial can't be taken back: " + e.getMessage());
        } finally {
            lock.unlock();
        }
    }

    private void endTrial() {
        watch.stop();
        watch = null;
        onTrial = null;
        trial = null;
    }

    /** What was edited by hand before: a change is made on top of it. Errors in it come out with the change's own. */
    private void takeInQuietly() throws IOException {
        try {
            takeIn(Change.Kind.RELOAD, System.nanoTime());
        } catch (ConfigException e) {
            system.info("files that were edited are not taken in: " + e.getMessage());
        }
    }

    private List<String> apply(Evaluation tree) throws ConfigException {
        try {
            List<String> again = secrets.changed(tree.targets());
            Runnable secondChance = system.secondChance(writer.differing(tree.targets()));
            List<String> pids = new ArrayList<>(writer.apply(tree.targets()));
            secondChance.run();
            again.removeAll(pids);
            writer.deliverAgain(again);
            pids.addAll(again);
            inForce = tree;
            return List.copyOf(pids);
        } catch (IOException e) {
            throw new ConfigException.Failed("Configuration Admin could not take it: " + e.getMessage(), e);
        }
    }

    /** The texts after edits. What can't be read is not edited: all that stands in it would be lost. */
    private SortedMap<String, String> edited(List<Document> documents, List<Edit> edits) throws ConfigException {
        List<Problem> unread = documents.stream().filter(d -> d.fault() != null
                && edits.stream().anyMatch(e -> !(e instanceof Edit.Text) && e.file().equals(d.name()))).map(Document::problem).toList();
        if (!unread.isEmpty()) {
            throw new ConfigException.Invalid(unread);
        }
        return new FileEdits(system.schema()).apply(texts(documents), edits);
    }

    private Evaluation evaluate(List<Document> documents) {
        return new Evaluator(system.schema(), system.gone(), system.early(), references).evaluate(documents, start, system.constraints());
    }

    private static SortedMap<String, String> texts(List<Document> documents) {
        SortedMap<String, String> texts = new TreeMap<>();
        documents.stream().filter(d -> d.text() != null && Folder.isEditable(d.name())).forEach(d -> texts.put(d.name(), d.text()));
        return texts;
    }

    /** The same with these texts in place of the files that can be edited. */
    private static List<Document> with(List<Document> documents, SortedMap<String, String> texts) {
        List<Document> all = new ArrayList<>(documents.stream().filter(d -> !Folder.isEditable(d.name())
                || d.fault() != null && !texts.containsKey(d.name())).toList());
        texts.forEach((name, text) -> all.add(Document.of(name.equals(Edit.MACHINE) ? Layer.MACHINE : Layer.SITE, name, text)));
        all.sort(java.util.Comparator.comparing(Document::layer).thenComparing(Document::name));
        return all;
    }

    private static Evaluation valid(Evaluation tree) throws ConfigException {
        if (!tree.valid()) {
            throw new ConfigException.Invalid(tree.problems());
        }
        return tree;
    }

    /** A value that another layer covers would be set for nothing. */
    private static void requireInForce(List<Edit> edits, Evaluation tree) throws ConfigException {
        for (Edit edit : edits) {
            if (edit instanceof Edit.Set set) {
                Source winner = tree.setting(set.key()).map(Setting::source).orElse(Source.of(Layer.DEFAULT, set.file()));
                if (!winner.name().equals(set.file())) {
                    throw new ConfigException.Refused(set.key() + " is set by " + winner + ", which wins over " + set.file()
                            + (Folder.isEditable(winner.name()) ? "; use --in " + winner.name() : ""));
                }
            }
        }
    }

    private void requireNoTrial() throws ConfigException {
        if (onTrial != null) {
            throw new ConfigException.Refused("change " + onTrial.change().number() + " is on trial until "
                    + trial.deadline().truncatedTo(ChronoUnit.SECONDS) + ": config:confirm keeps it, config:cancel takes it back");
        }
    }

    private void requireTrial() throws ConfigException {
        if (onTrial == null) {
            throw new ConfigException.Refused("no change is on trial; config:history tells what became of the last one");
        }
    }

    private Revision revision(int number) throws ConfigException {
        return history.find(number).orElseThrow(() -> new ConfigException.Refused("there is no revision " + number
                + "; config:history lists those that are kept"));
    }

    private Change nothing(Change.Options options) {
        return new Change(history.good().change().number(), Instant.now(clock), options.kind(), options.by(), Change.Outcome.APPLIED,
                List.of(), List.of(), Duration.ZERO, "nothing differs");
    }

    private static ConfigException failed(IOException e) {
        return new ConfigException.Failed(e.getMessage(), e);
    }
}
