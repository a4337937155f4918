package org.cloudos.image;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.stream.Stream;

/** From the names in a profile to files: fetched, chosen and laid out, each once for the same inputs. */
final class Packages {
    private static final int VERSION = 3;

    /**
     * @param debs what the image has of Debian, apart from what every image has
     * @param folder as {@link PackageTree} leaves it
     */
    record Result(List<Deb> debs, Path folder) {}

    private final StepCache steps;
    private final AptRoot apt;
    private final Progress progress;
    private final Arch arch;

    Packages(StepCache steps, AptRoot apt, Arch arch, Progress progress) {
        this.steps = steps;
        this.apt = apt;
        this.arch = arch;
        this.progress = progress;
    }

    Result of(Additions additions) throws IOException {
        Path set = apt.set(Stream.concat(additions.packages().stream(),
                Stream.of(PackageTree.ACCOUNTS, DebClosure.LOCALE)).distinct().sorted().toList());
        Digest key = new Digest().text(VERSION).text(arch).text(additions.packages()).text(additions.without());
        for (Path deb : files(set)) key.text(deb.getFileName()).text(Files.size(deb));
        Path chosen = steps.get("packages-chosen", key.hex(), into -> choose(set, additions, into));
        List<DebClosure.Taken> taken = new ArrayList<>();
        for (String line : Files.readAllLines(chosen.resolve("debs"))) {
            String[] f = line.split("\t", -1);
            taken.add(new DebClosure.Taken(new DebControl(new Deb(f[0], f[1], f[2], set.resolve(f[3]), f[4]), null, null), f[5]));
        }
        List<Deb> debs = taken.stream().map(t -> t.control().deb()).toList();
        Digest tree = new Digest().text(VERSION).text(additions.key());
        for (Deb deb : debs) tree.text(deb.name()).text(deb.sha256());
        tree.text(PackageTree.tables());
        return new Result(debs, steps.get("packages", tree.hex(), into -> make(into, additions, taken, set)));
    }

    private void choose(Path set, Additions additions, Path into) throws IOException {
        List<DebControl> all = new ArrayList<>();
        for (Path deb : files(set)) all.add(DebControl.of(Deb.of(deb), into.resolve("work")));
        List<String> lines = DebClosure.of(all, additions).stream().map(t -> {
            Deb deb = t.control().deb();
            return String.join("\t", deb.name(), deb.version(), deb.arch(), deb.file().getFileName().toString(), deb.sha256(), t.by());
        }).toList();
        Files.write(into.resolve("debs"), lines);
    }

    private void make(Path into, Additions additions, List<DebClosure.Taken> taken, Path set) throws IOException {
        progress.step("unpacking " + taken.size() + " Debian packages");
        List<DebClosure.Taken> read = new ArrayList<>();
        for (DebClosure.Taken one : taken) {
            read.add(new DebClosure.Taken(DebControl.of(one.control().deb(), into.resolve("work")), one.by()));
        }
        Path accounts = files(set).stream().filter(f -> f.getFileName().toString().startsWith(PackageTree.ACCOUNTS + "_")).findFirst()
                .orElseThrow(() -> new ImageException("apt fetched no " + PackageTree.ACCOUNTS));
        PackageTree.make(into, additions, read, Libraries::has, Deb.of(accounts));
    }

    private static List<Path> files(Path set) throws IOException {
        try (Stream<Path> all = Files.list(set)) {
            return all.filter(f -> f.toString().endsWith(".deb")).sorted().toList();
        }
    }
}
