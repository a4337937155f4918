package org.cloudos.image;

import java.io.IOException;
import java.io.InputStream;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.LinkOption;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;
import java.util.function.Predicate;
import java.util.regex.Pattern;
import java.util.stream.Collectors;
import java.util.stream.Stream;

/**
 * What Debian's packages and the profile's own files bring to the root file system. Nothing of a package is run: what its
 * maintainer scripts would make is declared, by the package itself (sysusers.d, tmpfiles.d), by the table that comes with
 * CloudOS ({@code /packages/NAME.setup} in this jar), or by the profile.
 *
 * <p>The result is a folder: {@code tree}, {@code owners} (a line PATH UID GID), {@code packages} (NAME, VERSION, BYTES, BY)
 * and {@code notes}, lines for people.
 */
final class PackageTree {
    /** Its account tables are read; it is no part of the image. */
    static final String ACCOUNTS = "base-passwd";

    /** The packages of which CloudOS declares what their scripts would make; distro/packages. */
    private static final List<String> TABLES = List.of("chrony", "cron", "libc-bin", "libpam-runtime", "nginx-common", "postgresql-17",
            "postgresql-common", "redis-server", "redis-tools", "ssl-cert");

    /** What nobody reads on a machine without a desktop, a manual pager or dpkg. */
    private static final Pattern LEFT_OUT = Pattern.compile("usr/share/(man|info|locale|lintian|bug|bash-completion|zsh|fish|vim|apport|doc-base"
            + "|menu|pixmaps|applications|gcc|gdb|debconf)/.*|etc/(init\\.d|rc.\\.d|logrotate\\.d|ufw|cron\\.[a-z]+/\\.placeholder)(/.*)?|usr/share/doc/.*");

    private final ImageTree tree;
    private final Accounts accounts = new Accounts();
    private final TempFiles files;
    private final UnitLinks units;
    private final List<String> notes = new ArrayList<>();
    private final List<String> report = new ArrayList<>();

    private PackageTree(Path into) throws IOException {
        tree = new ImageTree(Files.createDirectories(into.resolve("tree")));
        files = new TempFiles(tree, accounts);
        units = new UnitLinks(tree);
    }

    /** @param provided names of packages whose files the image has anyway */
    static void make(Path into, Additions additions, List<DebClosure.Taken> packages, Predicate<String> provided, Deb accounts) throws IOException {
        PackageTree made = new PackageTree(into);
        Path work = into.resolve("work");
        accounts.extract(work);
        made.accounts.debian(Files.readAllLines(work.resolve("usr/share/base-passwd/passwd.master")),
                Files.readAllLines(work.resolve("usr/share/base-passwd/group.master")));
        Trees.delete(work);
        Map<String, List<String>> setup = new TreeMap<>(additions.setup());
        for (DebClosure.Taken taken : packages) {
            if (provided.test(taken.name())) continue;
            made.unpack(taken, work);
            made.declared(taken.control(), setup);
        }
        if (Files.isDirectory(additions.root())) made.own(additions.root());
        made.setUp(setup);
        for (DebClosure.Taken taken : packages) {
            for (String unit : MaintainerScripts.enables(taken.control())) made.units.enable(unit, taken.name());
        }
        made.write(into);
    }

    private void unpack(DebClosure.Taken taken, Path work) throws IOException {
        Deb deb = taken.control().deb();
        deb.extract(work);
        long bytes = 0;
        try (Stream<Path> all = Files.walk(work)) {
            for (Path file : all.sorted().toList()) {
                String path = ImageTree.normal(work.relativize(file).toString());
                if (LEFT_OUT.matcher(path).matches() && !path.equals("usr/share/doc/" + deb.name() + "/copyright")) continue;
                if (Files.isDirectory(file, LinkOption.NOFOLLOW_LINKS)) {
                    if (path.isEmpty() || LEFT_OUT.matcher(path + "/").matches() || tree.has(path)) continue;
                    Trees.folders(tree.at(path));
                    tree.permit(path, TempFiles.mode(file), ImageTree.Owner.ROOT);
                } else {
                    tree.add(file, path, deb.name(), false);
                    bytes += Files.isSymbolicLink(file) ? 0 : Files.size(file);
                }
            }
        }
        owners(deb);
        Trees.delete(work);
        report.add(String.join("\t", deb.name(), deb.version(), Long.toString(bytes), taken.by()));
    }

    /** Files that aren't root's in the package: by the names in its archive, as dpkg takes them. */
    private void owners(Deb deb) throws IOException {
        for (String line : new Tool("dpkg-deb", "-c", deb.file()).run().lines().toList()) {
            String[] words = line.split("\\s+", 6);
            if (words.length < 6 || words[1].equals("root/root")) continue;
            String path = ImageTree.normal(words[5].replaceFirst(" -> .*", ""));
            String[] owner = words[1].split("/", 2);
            if (tree.has(path)) tree.permit(path, null, new ImageTree.Owner(accounts.uid(owner[0]), accounts.gid(owner[1])));
        }
    }

    /** What its scripts would make, from the first table that has it. */
    private void declared(DebControl control, Map<String, List<String>> setup) throws IOException {
        String name = control.deb().name();
        if (setup.containsKey(name)) return; // the profile's own table
        if (TABLES.contains(name)) {
            try (InputStream in = PackageTree.class.getResourceAsStream("/packages/" + name + ".setup")) {
                setup.put(name, new String(in.readAllBytes(), StandardCharsets.UTF_8).lines().toList());
            }
            return;
        }
        List<String> makes = MaintainerScripts.makes(control);
        boolean own = tree.has("usr/lib/sysusers.d/" + name + ".conf");
        if (MaintainerScripts.makesAccounts(control) && !own) {
            throw new ImageException("the package " + name + " makes users or groups in its maintainer scripts (" + String.join(", ", makes)
                    + "), which are not run here. Declare what they make in a file " + name + ".setup, named by -cloudos.setup: see docs/profiles.md");
        }
        if (!makes.isEmpty()) notes.add(name + ": its maintainer scripts, which are not run, use " + String.join(", ", makes));
    }

    /** Names the tables that come with CloudOS, with what is in them. */
    static String tables() throws IOException {
        StringBuilder all = new StringBuilder();
        for (String name : TABLES) {
            try (InputStream in = PackageTree.class.getResourceAsStream("/packages/" + name + ".setup")) {
                if (in == null) throw new ImageException("this build lacks /packages/" + name + ".setup");
                all.append(name).append(new String(in.readAllBytes(), StandardCharsets.UTF_8));
            }
        }
        return all.toString();
    }

    private void own(Path folder) throws IOException {
        try (Stream<Path> all = Files.walk(folder)) {
            for (Path file : all.sorted().toList()) {
                if (!Files.isDirectory(file, LinkOption.NOFOLLOW_LINKS)) {
                    String path = ImageTree.normal(folder.relativize(file).toString());
                    tree.add(file, path, "the profile's own folder", true);
                    if (Files.isRegularFile(file, LinkOption.NOFOLLOW_LINKS)) tree.permit(path, Trees.plainMode(file), ImageTree.Owner.ROOT);
                }
            }
        }
    }

    private void setUp(Map<String, List<String>> setup) throws IOException {
        List<SetupLine> lines = new ArrayList<>();
        for (String folder : List.of("usr/lib/sysusers.d", "usr/lib/tmpfiles.d")) {
            if (!Files.isDirectory(tree.at(folder))) continue;
            try (Stream<Path> all = Files.list(tree.at(folder))) {
                for (Path file : all.filter(f -> f.toString().endsWith(".conf")).sorted().toList()) {
                    for (String line : Files.readAllLines(file)) lines.add(SetupLine.of(line));
                }
            }
        }
        for (Map.Entry<String, List<String>> one : setup.entrySet()) {
            for (String line : one.getValue()) lines.add(SetupLine.of(line));
        }
        lines.removeIf(SetupLine::isEmpty);
        for (SetupLine line : lines) {
            if (line.account()) accounts.declare(line.words());
        }
        base();
        for (SetupLine line : lines) {
            if (!line.account()) files.apply(line);
        }
        notes.addAll(files.undone());
    }

    /** Debian's usual places on a data disk that is new, and what packages have below /var. */
    private void base() throws IOException {
        for (String line : List.of("d /var/cache", "d /var/lib", "d /var/log", "d /var/spool", "d /var/tmp 1777", "L /var/run - - - - /run",
                "d /run/lock 1777", "L /var/lock - - - - /run/lock")) {
            files.apply(SetupLine.of(line));
        }
        Path var = tree.root().resolve(ImageTree.FACTORY + "var");
        if (Files.isDirectory(var)) files.factory("var", var);
    }

    private void write(Path into) throws IOException {
        write("etc/passwd", accounts.passwd());
        write("etc/group", accounts.group());
        write("etc/shadow", accounts.shadow());
        tree.permit("etc/shadow", 0640, new ImageTree.Owner(0, accounts.gid("shadow")));
        write(TempFiles.FILE, files.boot().stream().map(l -> l + "\n").collect(Collectors.joining()));
        notes.addAll(units.missingPrograms());
        report.sort(null);
        Files.write(into.resolve("packages"), report);
        Files.write(into.resolve("notes"), notes);
        write("usr/lib/cloudos/packages", Files.readString(into.resolve("packages")));
        Files.write(into.resolve("owners"), tree.owners().entrySet().stream()
                .map(o -> o.getKey() + "\t" + o.getValue().uid() + "\t" + o.getValue().gid()).toList());
    }

    private void write(String name, String text) throws IOException {
        Path file = tree.root().resolve(name);
        if (Files.exists(file, LinkOption.NOFOLLOW_LINKS)) throw new ImageException("/" + name + " is CloudOS's own, and a package brings one");
        Trees.write(file, text);
    }

    /** The file {@code owners} of a result. */
    static Map<String, ImageTree.Owner> readOwners(Path made) throws IOException {
        Map<String, ImageTree.Owner> owners = new TreeMap<>();
        for (String line : Files.readAllLines(made.resolve("owners"))) {
            String[] f = line.split("\t");
            owners.put(f[0], new ImageTree.Owner(Integer.parseInt(f[1]), Integer.parseInt(f[2])));
        }
        return owners;
    }
}
