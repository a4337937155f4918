package org.cloudos.config.backup;

import java.io.IOException;
import java.nio.file.AccessDeniedException;
import java.nio.file.FileSystemException;
import java.nio.file.Files;
import java.nio.file.NoSuchFileException;
import java.nio.file.Path;
import java.security.GeneralSecurityException;
import java.time.Clock;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.HashSet;
import java.util.List;
import java.util.Optional;
import java.util.Set;
import java.util.SortedMap;
import java.util.TreeMap;
import java.util.function.Supplier;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import java.util.stream.Stream;
import org.cloudos.config.Change;
import org.cloudos.config.ConfigException;
import org.cloudos.config.ConfigTree;
import org.cloudos.config.Edit;
import org.cloudos.config.Setting;
import org.cloudos.config.SystemBackup;
import org.cloudos.config.store.Durable;
import org.cloudos.kernel.swap.BundleStore;
import org.cloudos.kernel.swap.Deployment;
import org.cloudos.kernel.swap.DeploymentException;

/** Saves and restores. One at a time. */
public final class BackupService implements SystemBackup {
    private static final String FILES = "files/";
    private static final String BUNDLES = "bundles/";
    private static final String CONFIG = "config/";
    private static final Pattern FILE_REFERENCE = Pattern.compile("\\$\\{file:([^{}]*)\\}");

    private final Path data;
    private final String profile;
    private final ConfigTree tree;
    private final Kernel kernel;
    private final Supplier<List<String>> globs;
    private final Clock clock;

    /** What keeps deployed bundles; each may be missing. */
    public interface Kernel {
        /** The store. */
        Optional<BundleStore> store();

        /** What deploys. */
        Optional<Deployment> deployment();
    }

    /** @param globs of {@link org.cloudos.config.StateFiles} */
    public BackupService(Path data, String profile, ConfigTree tree, Kernel kernel, Supplier<List<String>> globs, Clock clock) {
        this.data = data.toAbsolutePath().normalize();
        this.profile = profile;
        this.tree = tree;
        this.kernel = kernel;
        this.globs = globs;
        this.clock = clock;
    }

    @Override
    public synchronized Summary write(Path file) throws ConfigException {
        try {
            SigningKey key = key();
            List<String> notes = new ArrayList<>(List.of("secrets, private keys and passwords are not in it"));
            SortedMap<String, Path> files = new TreeMap<>();
            scan().files(notes).forEach((name, path) -> files.put(FILES + name, path));
            List<BundleStore.Entry> bundles = kernel.store().map(s -> s.good().entries()).orElse(List.of());
            for (BundleStore.Entry bundle : bundles) {
                files.put(BUNDLES + bundle.sha256() + ".jar", kernel.store().orElseThrow().file(bundle.sha256()));
            }
            List<Manifest.Item> items = new ArrayList<>();
            for (var entry : files.entrySet()) {
                items.add(Archive.item(entry.getKey(), entry.getValue()));
            }
            Manifest manifest = new Manifest(clock.instant(), profile, SigningKey.text(key.open()), items, bundles);
            Archive.write(file, manifest, files, key);
            return summary(file, manifest, notes);
        } catch (IOException | GeneralSecurityException e) {
            throw new ConfigException.Failed("the backup can't be written to " + file + ": " + reason(e), e);
        }
    }

    /** The JDK says only which file. */
    private static String reason(Exception e) {
        return switch (e) {
            case NoSuchFileException missing -> "its folder is not there, or takes no files";
            case AccessDeniedException denied -> "not allowed";
            case FileSystemException f when f.getReason() != null -> f.getReason();
            default -> e.getMessage();
        };
    }

    @Override
    public synchronized Summary check(Path file, Optional<String> trusted) throws ConfigException {
        return unpacked(file, trusted, (manifest, folder) -> summary(file, manifest, List.of()));
    }

    @Override
    public synchronized Summary restore(Path file, Optional<String> trusted, String by) throws ConfigException {
        return unpacked(file, trusted, (manifest, folder) -> {
            List<String> notes = new ArrayList<>();
            List<String> deployed = deploy(manifest, folder, notes);
            try {
                configure(file, manifest, folder, by, notes);
            } catch (ConfigException e) {
                deployed.forEach(this::takeBack);
                throw e;
            }
            others(manifest, folder, notes);
            return summary(file, manifest, notes);
        });
    }

    private interface Use {
        Summary of(Manifest manifest, Path folder) throws ConfigException, IOException, GeneralSecurityException;
    }

    private Summary unpacked(Path file, Optional<String> trusted, Use use) throws ConfigException {
        Path folder = null;
        try {
            Durable.folder(data.resolve("config"));
            folder = Files.createTempDirectory(data.resolve("config"), ".restore");
            SigningKey own = key();
            Manifest manifest = Archive.read(file, folder, (key, print) -> {
                if (!key.equals(own.open()) && !trusted.equals(Optional.of(print))) {
                    throw new ConfigException.Refused(file + " is signed by another system, with the key " + print
                            + "; if you know it: --trust " + print);
                }
            });
            return use.of(manifest, folder);
        } catch (IOException | GeneralSecurityException e) {
            throw new ConfigException.Failed(file + ": " + e.getMessage(), e);
        } finally {
            remove(folder);
        }
    }

    /** Bundles that are not deployed as they were; one transaction. */
    private List<String> deploy(Manifest manifest, Path folder, List<String> notes) throws ConfigException {
        List<BundleStore.Entry> now = kernel.store().map(s -> s.good().entries()).orElse(List.of());
        List<BundleStore.Entry> missing = manifest.bundles().stream().filter(b -> !now.contains(b)).toList();
        List<Deployment.Jar> jars = new ArrayList<>();
        for (BundleStore.Entry bundle : missing) {
            String name = BUNDLES + bundle.sha256() + ".jar";
            Path jar = folder.resolve(Integer.toString(place(manifest, name)));
            jars.add(new Deployment.Jar(bundle.symbolicName() + " " + bundle.version(), jar, Optional.of(bundle.sha256())));
        }
        if (jars.isEmpty()) {
            return List.of();
        }
        Deployment deployment = kernel.deployment().orElseThrow(() -> new ConfigException.Refused("bundles can't be deployed in this system"));
        try {
            deployment.deploy(jars, Deployment.Options.DEFAULT, step -> { });
            jars.forEach(j -> notes.add("deployed " + j.name()));
            return missing.stream().map(BundleStore.Entry::symbolicName).toList();
        } catch (DeploymentException e) {
            throw new ConfigException.Refused("nothing was restored, since its bundles can't be deployed: " + e.getMessage());
        }
    }

    private static int place(Manifest manifest, String name) throws ConfigException {
        for (int i = 0; i < manifest.entries().size(); i++) {
            if (manifest.entries().get(i).name().equals(name)) {
                return i;
            }
        }
        throw new ConfigException.Refused("the backup names a bundle that it does not hold: " + name);
    }

    private void takeBack(String symbolicName) {
        try {
            kernel.deployment().orElseThrow().rollback(symbolicName, Deployment.Options.DEFAULT, step -> { });
        } catch (DeploymentException e) {
            throw new IllegalStateException(symbolicName + " was deployed and can't be taken back: " + e.getMessage(), e);
        }
    }

    private void configure(Path file, Manifest manifest, Path folder, String by, List<String> notes) throws ConfigException, IOException {
        SortedMap<String, String> texts = new TreeMap<>();
        for (int i = 0; i < manifest.entries().size(); i++) {
            String name = manifest.entries().get(i).name();
            if (name.startsWith(FILES + CONFIG)) {
                texts.put(name.substring((FILES + CONFIG).length()), Files.readString(folder.resolve(Integer.toString(i))));
            }
        }
        List<Edit> edits = new ArrayList<>();
        texts.forEach((name, text) -> edits.add(new Edit.Text(name, text)));
        tree.files().keySet().stream().filter(name -> !texts.containsKey(name)).forEach(name -> edits.add(new Edit.Text(name, null)));
        Change change = tree.change(edits, new Change.Options(Change.Kind.RESTORE, Optional.empty(), by, "from " + file.getFileName()));
        int differ = change.differences().size();
        notes.add("configuration " + change.number() + ", " + differ + (differ == 1 ? " setting differs" : " settings differ"));
    }

    private void others(Manifest manifest, Path folder, List<String> notes) throws IOException {
        StateScan scan = scan();
        for (int i = 0; i < manifest.entries().size(); i++) {
            String entry = manifest.entries().get(i).name();
            if (!entry.startsWith(FILES) || entry.startsWith(FILES + CONFIG)) {
                continue;
            }
            String name = entry.substring(FILES.length());
            if (scan.takes(name)) {
                Durable.write(data.resolve(name), Files.readAllBytes(folder.resolve(Integer.toString(i))));
            } else {
                notes.add(name + " is left out: no bundle of this system says that it is its state");
            }
        }
    }

    private SigningKey key() throws IOException, GeneralSecurityException {
        return SigningKey.of(data.resolve("config/keys"));
    }

    private StateScan scan() {
        Set<Path> secrets = new HashSet<>();
        for (Setting setting : tree.settings(false)) {
            Matcher matcher = FILE_REFERENCE.matcher(setting.value().toString());
            while (matcher.find()) {
                secrets.add(data.resolve("config").resolve(matcher.group(1)).normalize());
            }
        }
        return new StateScan(data, globs.get(), secrets);
    }

    private static Summary summary(Path file, Manifest manifest, List<String> notes) throws IOException, GeneralSecurityException {
        return new Summary(file, manifest.at(), manifest.profile(), SigningKey.fingerprint(SigningKey.parse(manifest.key())), Files.size(file),
                manifest.entries().stream().map(Manifest.Item::name).toList(), List.copyOf(notes));
    }

    private static void remove(Path folder) {
        if (folder == null) {
            return;
        }
        try (Stream<Path> all = Files.walk(folder)) {
            for (Path path : all.sorted(Comparator.reverseOrder()).toList()) {
                Files.delete(path);
            }
        } catch (IOException e) {
            folder.toFile().deleteOnExit();
        }
    }
}
