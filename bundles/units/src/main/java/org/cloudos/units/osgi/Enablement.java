package org.cloudos.units.osgi;

import java.io.IOException;
import java.nio.file.DirectoryStream;
import java.nio.file.Files;
import java.nio.file.LinkOption;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Map;
import java.util.Set;
import org.cloudos.units.UnitException;
import org.cloudos.units.UnitException.Reason;
import org.cloudos.units.file.Entry;
import org.cloudos.units.file.Specifiers;
import org.cloudos.units.file.UnitFolders;
import org.cloudos.units.file.UnitName;
import org.cloudos.units.file.Words;

/** The links that make units a part of targets: {@code [Install]}, systemd.unit(5). They are made in one folder, the strongest. */
final class Enablement {
    private static final Map<String, String> FOLDERS = Map.of("WantedBy", ".wants", "RequiredBy", ".requires", "UpheldBy", ".upholds");

    private final Path folder;
    private final List<Path> writable;
    private final Map<Character, String> facts;

    /** @param folder where links are made. @param also folders where links of images may be taken away */
    Enablement(Path folder, List<Path> also, Map<Character, String> facts) {
        this.folder = folder;
        this.facts = facts;
        List<Path> all = new ArrayList<>(List.of(folder));
        all.addAll(also);
        this.writable = List.copyOf(all);
    }

    /** @param file that links point to */
    private record Install(UnitName name, Path file, List<Entry> entries) { }

    private Install install(String given, UnitFolders folders) throws UnitException {
        UnitName name = folders.resolve(UnitName.of(given));
        UnitFolders.Source source = folders.read(name).orElseThrow(() -> new UnitException(Reason.NOT_FOUND, name + " has no unit file"));
        if (folders.isMasked(name)) {
            throw new UnitException(Reason.MASKED, name + " is masked; svc:unmask makes it possible to start again");
        }
        return new Install(name, Path.of(source.path()), source.text().entries().stream().filter(e -> e.section().equals("Install")).toList());
    }

    List<String> enable(List<String> names, UnitFolders folders) throws UnitException {
        List<String> done = new ArrayList<>();
        Set<String> seen = new LinkedHashSet<>();
        for (String name : names) {
            enable(name, folders, seen, done);
        }
        return done;
    }

    private void enable(String given, UnitFolders folders, Set<String> seen, List<String> done) throws UnitException {
        Install unit = install(given, folders);
        if (!seen.add(unit.name().toString())) {
            return;
        }
        if (unit.entries().isEmpty()) {
            if (seen.size() == 1) {
                throw new UnitException(Reason.REFUSED, unit.name() + " can't be enabled: its file has no section [Install]. Other units start it");
            }
            return;
        }
        UnitName name = unit.name();
        String instance = value(unit, "DefaultInstance");
        if (name.isTemplate() && !instance.isEmpty()) {
            name = name.instantiate(instance);
        }
        Specifiers specifiers = new Specifiers(name, unit.file().toString(), facts);
        for (Map.Entry<String, String> kind : FOLDERS.entrySet()) {
            for (String target : values(unit, kind.getKey())) {
                UnitName to = UnitName.parse(specifiers.apply(target));
                link(folder.resolve((to.isTemplate() && name.instance() != null ? to.instantiate(name.instance()) : to) + kind.getValue())
                        .resolve(name.toString()), unit.file(), done);
            }
        }
        for (String alias : values(unit, "Alias")) {
            String other = UnitName.parse(specifiers.apply(alias)).toString();
            if (!other.equals(name.toString())) {
                link(folder.resolve(other), unit.file(), done);
            }
        }
        for (String also : values(unit, "Also")) {
            if (folders.read(folders.resolve(UnitName.of(specifiers.apply(also)))).isPresent()) {
                enable(specifiers.apply(also), folders, seen, done);
            }
        }
    }

    private static List<String> values(Install unit, String key) {
        List<String> all = new ArrayList<>();
        for (Entry entry : unit.entries()) {
            if (entry.key().equals(key)) {
                if (entry.value().isEmpty()) {
                    all.clear();
                }
                all.addAll(Words.plain(entry.value()));
            }
        }
        return all;
    }

    private static String value(Install unit, String key) {
        List<String> all = values(unit, key);
        return all.isEmpty() ? "" : all.getLast();
    }

    private static void link(Path link, Path target, List<String> done) throws UnitException {
        try {
            Files.createDirectories(link.getParent());
            if (Files.isSymbolicLink(link) && Files.readSymbolicLink(link).equals(target)) {
                return;
            }
            if (Files.exists(link, LinkOption.NOFOLLOW_LINKS)) {
                if (!Files.isSymbolicLink(link)) {
                    throw new UnitException(Reason.REFUSED, link + " is in the way: expected nothing or a link there, found a file");
                }
                Files.delete(link);
            }
            Files.createSymbolicLink(link, target);
            done.add("made " + link + " → " + target);
        } catch (IOException e) {
            throw new UnitException(Reason.IO, link + " can't be made: " + e.getMessage(), e);
        }
    }

    List<String> disable(List<String> names, UnitFolders folders) throws UnitException {
        List<String> done = new ArrayList<>();
        for (String given : names) {
            UnitName name = folders.resolve(UnitName.of(given));
            Set<String> all = new LinkedHashSet<>(folders.names(name));
            for (Path base : writable) {
                disable(base, name, all, done);
            }
        }
        return done;
    }

    private static void disable(Path base, UnitName name, Set<String> all, List<String> done) throws UnitException {
        try (DirectoryStream<Path> entries = Files.isDirectory(base) ? Files.newDirectoryStream(base) : null) {
            for (Path entry : entries == null ? List.<Path>of() : entries) {
                String file = entry.getFileName().toString();
                if (Files.isDirectory(entry) && FOLDERS.values().stream().anyMatch(file::endsWith)) {
                    try (DirectoryStream<Path> links = Files.newDirectoryStream(entry)) {
                        for (Path link : links) {
                            remove(link, all, name, done);
                        }
                    }
                } else if (Files.isSymbolicLink(entry) && all.contains(file) && !file.equals(name.toString())) {
                    Files.delete(entry);
                    done.add("removed " + entry);
                }
            }
        } catch (IOException e) {
            throw new UnitException(Reason.IO, "links in " + base + " can't be taken away: " + e.getMessage(), e);
        }
    }

    private static void remove(Path link, Set<String> all, UnitName name, List<String> done) throws IOException {
        String file = link.getFileName().toString();
        boolean instance = name.isTemplate() && file.startsWith(name.prefix() + "@") && file.endsWith("." + name.type());
        if (Files.isSymbolicLink(link) && (all.contains(file) || instance)) {
            Files.delete(link);
            done.add("removed " + link);
        }
    }

    List<String> mask(List<String> names) throws UnitException {
        List<String> done = new ArrayList<>();
        for (String given : names) {
            Path link = folder.resolve(UnitName.of(given).toString());
            if (Files.exists(link, LinkOption.NOFOLLOW_LINKS) && !Files.isSymbolicLink(link)) {
                throw new UnitException(Reason.REFUSED, link + " is a file of your own; move it away to mask the unit");
            }
            link(link, Path.of("/dev/null"), done);
        }
        return done;
    }

    List<String> unmask(List<String> names) throws UnitException {
        List<String> done = new ArrayList<>();
        for (String given : names) {
            for (Path base : writable) {
                Path link = base.resolve(UnitName.of(given).toString());
                try {
                    if (Files.isSymbolicLink(link) && Files.readSymbolicLink(link).equals(Path.of("/dev/null"))) {
                        Files.delete(link);
                        done.add("removed " + link);
                    }
                } catch (IOException e) {
                    throw new UnitException(Reason.IO, link + " can't be taken away: " + e.getMessage(), e);
                }
            }
        }
        return done;
    }
}
