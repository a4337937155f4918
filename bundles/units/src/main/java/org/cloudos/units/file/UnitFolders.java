package org.cloudos.units.file;

import java.io.IOException;
import java.nio.file.DirectoryStream;
import java.nio.file.Files;
import java.nio.file.LinkOption;
import java.nio.file.Path;
import java.nio.file.attribute.BasicFileAttributes;
import java.util.ArrayDeque;
import java.util.ArrayList;
import java.util.Deque;
import java.util.HashMap;
import java.util.LinkedHashMap;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.TreeMap;
import java.util.TreeSet;
import org.cloudos.units.Finding;
import org.cloudos.units.Finding.Severity;
import org.cloudos.units.UnitException;

/**
 * The folders of unit files, looked through once: which file is which unit's, aliases, drop-ins, masks, and what stands in
 * {@code .wants}, {@code .requires} and {@code .upholds}. systemd.unit(5) "Unit File Load Path". Immutable; read again by making a new one.
 */
public final class UnitFolders {
    private static final int MOST_LINKS = 16;
    /** Folders beside units that add dependencies, by the kind that they add. */
    private static final Map<String, String> LINK_FOLDERS = Map.of(".wants", "Wants", ".requires", "Requires", ".upholds", "Upholds");

    private final List<Path> folders;
    private final Map<String, String> builtIn;
    private final Map<String, Path> files = new HashMap<>();        // the strongest file of each name
    private final Map<String, String> aliases = new HashMap<>();    // link -> name
    private final Map<String, Set<String>> aliasesOf = new HashMap<>(); // name -> links
    private final Set<String> masked = new LinkedHashSet<>();
    private final Map<String, TreeMap<String, Path>> dropIns = new HashMap<>();          // folder's name without .d -> file name -> file
    private final Map<String, Map<String, Set<String>>> links = new HashMap<>(); // unit -> kind -> names

    /**
     * @param folders the strongest first; those that are missing are passed over
     * @param builtIn texts by unit name, for units that have no file
     */
    public UnitFolders(List<Path> folders, Map<String, String> builtIn) {
        this.folders = List.copyOf(folders);
        this.builtIn = Map.copyOf(builtIn);
        for (Path folder : folders) {
            scan(folder);
        }
        aliases.keySet().removeAll(files.keySet());
        aliases.forEach((link, name) -> aliasesOf.computeIfAbsent(name, n -> new TreeSet<>()).add(link));
    }

    /** Where a unit's text comes from. @param path empty for units that are built in */
    public record Source(UnitName id, String path, UnitText text, List<String> dropIns) { }

    private void scan(Path folder) {
        try (DirectoryStream<Path> all = Files.newDirectoryStream(folder)) {
            for (Path file : all) {
                entry(file, file.getFileName().toString());
            }
        } catch (IOException e) {
            // A folder that isn't there, or that may not be read, has no units.
        }
    }

    private void entry(Path file, String name) throws IOException {
        int dot = name.lastIndexOf('.');
        String end = dot < 0 ? "" : name.substring(dot);
        if (end.equals(".d")) {
            each(file, conf -> {
                if (conf.getFileName().toString().endsWith(".conf")) {
                    dropIns.computeIfAbsent(name.substring(0, dot), k -> new TreeMap<>()).putIfAbsent(conf.getFileName().toString(), conf);
                }
            });
        } else if (LINK_FOLDERS.containsKey(end)) {
            Set<String> names = links.computeIfAbsent(name.substring(0, dot), k -> new HashMap<>())
                    .computeIfAbsent(LINK_FOLDERS.get(end), k -> new TreeSet<>());
            each(file, link -> names.add(link.getFileName().toString()));
        } else if (dot > 0 && UnitName.TYPES.contains(end.substring(1)) && !files.containsKey(name) && !aliases.containsKey(name)
                && !masked.contains(name)) {
            unit(file, name);
        }
    }

    private interface Each {
        void file(Path file);
    }

    private static void each(Path folder, Each action) {
        try (DirectoryStream<Path> all = Files.newDirectoryStream(folder)) {
            all.forEach(action::file);
        } catch (IOException e) {
            // no folder, nothing in it
        }
    }

    private void unit(Path file, String name) throws IOException {
        if (Files.isSymbolicLink(file)) {
            Path target = Files.readSymbolicLink(file);
            String targetName = target.getFileName() == null ? "" : target.getFileName().toString();
            if (target.equals(Path.of("/dev/null"))) {
                masked.add(name);
            } else if (!targetName.equals(name) && sameType(targetName, name)) {
                aliases.put(name, targetName);
            } else if (Files.isRegularFile(file)) {
                files.put(name, file);
            }
        } else if (Files.isRegularFile(file, LinkOption.NOFOLLOW_LINKS)) {
            if (Files.size(file) == 0) {
                masked.add(name);
            } else {
                files.put(name, file);
            }
        }
    }

    private static boolean sameType(String a, String b) {
        return a.substring(a.lastIndexOf('.') + 1).equals(b.substring(b.lastIndexOf('.') + 1));
    }

    /** The folders, the strongest first. */
    public List<Path> folders() {
        return folders;
    }

    /** Texts of units that are built in, by name. */
    public Map<String, String> builtIn() {
        return builtIn;
    }

    /** Every unit that has a file, an alias, or is built in; templates too. */
    public Set<String> names() {
        Set<String> names = new TreeSet<>(builtIn.keySet());
        names.addAll(files.keySet());
        names.addAll(masked);
        return names;
    }

    /** Whether {@link #names()} has a name. */
    public boolean has(String name) {
        return files.containsKey(name) || builtIn.containsKey(name) || masked.contains(name);
    }

    /** Whether there is more than what is built in. */
    public boolean hasFiles() {
        return !files.isEmpty();
    }

    /** The name that a unit really has: aliases are followed, also those of templates. */
    public UnitName resolve(UnitName name) throws UnitException {
        if (aliases.isEmpty()) {
            return name;
        }
        UnitName now = name;
        for (int i = 0; i < MOST_LINKS; i++) {
            String next = aliases.get(now.toString());
            UnitName template = now.template().orElse(null);
            if (next == null && template != null && !files.containsKey(now.toString()) && aliases.containsKey(template.toString())) {
                next = UnitName.parse(aliases.get(template.toString())).instantiate(now.instance()).toString();
            }
            if (next == null) {
                return now;
            }
            UnitName target = UnitName.parse(next);
            now = target.isTemplate() && now.instance() != null && !now.instance().isEmpty() ? target.instantiate(now.instance()) : target;
        }
        throw new UnitException(UnitException.Reason.BAD_SETTING, name + " is an alias of itself, by way of " + now);
    }

    /** All names of a unit, its own first. */
    public Set<String> names(UnitName id) {
        String own = id.toString();
        if (!aliasesOf.containsKey(own)) {
            return Set.of(own);
        }
        Set<String> names = new LinkedHashSet<>();
        Deque<String> found = new ArrayDeque<>(List.of(own));
        while (!found.isEmpty()) {
            String name = found.removeFirst();
            if (names.add(name)) {
                found.addAll(aliasesOf.getOrDefault(name, Set.of()));
            }
        }
        return names;
    }

    /** Whether somebody made it impossible to start. */
    public boolean isMasked(UnitName id) {
        return masked.contains(id.toString()) || id.isInstance() && !files.containsKey(id.toString()) && masked.contains(id.template().orElseThrow()
                .toString());
    }

    /** Units that links make a unit depend on, by kind: {@code Wants}, {@code Requires}, {@code Upholds}. */
    public Map<String, Set<String>> linked(UnitName id) {
        if (links.isEmpty()) {
            return Map.of();
        }
        Map<String, Set<String>> all = new LinkedHashMap<>();
        for (String name : names(id)) {
            links.getOrDefault(name, Map.of()).forEach((kind, names) -> all.computeIfAbsent(kind, k -> new LinkedHashSet<>()).addAll(names));
        }
        id.template().ifPresent(t -> links.getOrDefault(t.toString(), Map.of()).forEach(
                (kind, names) -> all.computeIfAbsent(kind, k -> new LinkedHashSet<>()).addAll(names)));
        return all;
    }

    /** {@code enabled}, {@code disabled}, {@code static} or {@code alias}, as systemctl(1) has them. */
    public String enablement(UnitName id) {
        if (aliases.containsKey(id.toString())) {
            return "alias";
        }
        boolean linked = names(id).stream().anyMatch(n -> links.values().stream().flatMap(k -> k.values().stream()).anyMatch(s -> s.contains(n)));
        Path file = file(id);
        boolean installable = file != null && read(file).entries().stream().anyMatch(e -> e.section().equals("Install") && !e.value().isEmpty());
        boolean aliased = installable && names(id).size() > 1;
        return linked && installable || aliased ? "enabled" : installable ? "disabled" : "static";
    }

    /** Reads a unit's file and drop-ins; empty when there is neither. */
    public Optional<Source> read(UnitName id) {
        Path file = file(id);
        String text = file == null ? builtIn.get(id.toString()) : null;
        if (file == null && text == null) {
            return Optional.empty();
        }
        List<Path> extra = dropInsOf(id);
        if (file != null && extra.isEmpty()) {
            return Optional.of(new Source(id, file.toString(), read(file), List.of()));
        }
        List<Entry> entries = new ArrayList<>();
        List<Finding> findings = new ArrayList<>();
        add(file != null ? read(file) : UnitText.parse(text, id.toString()), entries, findings);
        extra.forEach(f -> add(read(f), entries, findings));
        return Optional.of(new Source(id, file == null ? "" : file.toString(), new UnitText(entries, findings),
                extra.stream().map(Path::toString).toList()));
    }

    private Path file(UnitName id) {
        Path file = files.get(id.toString());
        return file != null || !id.isInstance() ? file : id.template().map(t -> files.get(t.toString())).orElse(null);
    }

    private static void add(UnitText text, List<Entry> entries, List<Finding> findings) {
        entries.addAll(text.entries());
        findings.addAll(text.findings());
    }

    /** Reads one file; what can't be read is a finding. */
    public static UnitText read(Path file) {
        try {
            BasicFileAttributes attributes = Files.readAttributes(file, BasicFileAttributes.class);
            if (!attributes.isRegularFile()) {
                throw new IOException("it is no file");
            }
            if (attributes.size() > UnitText.MOST_BYTES) {
                throw new IOException("expected at most " + UnitText.MOST_BYTES + " bytes, found " + attributes.size());
            }
            return UnitText.parse(Files.readAllBytes(file), file.toString());
        } catch (IOException e) {
            return new UnitText(List.of(), List.of(new Finding(Severity.ERROR, file.toString(), 0, "", "can't be read: " + e.getMessage())));
        }
    }

    /** In the order in which they are read: by file name, whatever folder they are in; the more special folder's file wins. */
    private List<Path> dropInsOf(UnitName id) {
        if (dropIns.isEmpty()) {
            return List.of();
        }
        TreeMap<String, Path> found = new TreeMap<>();
        for (String folder : dropInFolders(id)) {
            TreeMap<String, Path> of = dropIns.get(folder);
            if (of != null) {
                of.forEach(found::putIfAbsent);
            }
        }
        if (found.isEmpty()) {
            return List.of();
        }
        found.values().removeIf(f -> f.equals(Path.of("/dev/null")) || isNull(f));
        return List.copyOf(found.values());
    }

    private static boolean isNull(Path file) {
        try {
            return Files.isSymbolicLink(file) && Files.readSymbolicLink(file).equals(Path.of("/dev/null"));
        } catch (IOException e) {
            return false;
        }
    }

    /** {@code a-b@c.service}, {@code a-b@.service}, {@code a-@.service} ..., {@code a-.service}, {@code service}. */
    private List<String> dropInFolders(UnitName id) {
        List<String> folders = new ArrayList<>();
        for (String name : names(id)) {
            int dot = name.lastIndexOf('.');
            String stem = name.substring(0, dot);
            String type = name.substring(dot);
            folders.add(name);
            int at = stem.indexOf('@');
            String prefix = at < 0 ? stem : stem.substring(0, at);
            String rest = (at < 0 ? "" : "@") + type;
            if (at >= 0) {
                folders.add(prefix + rest);
            }
            for (int dash = prefix.lastIndexOf('-', prefix.length() - 2); dash > 0; dash = prefix.lastIndexOf('-', dash - 1)) {
                folders.add(prefix.substring(0, dash + 1) + rest);
            }
        }
        folders.add(id.type());
        return folders;
    }
}
