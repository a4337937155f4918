package org.cloudos.units.engine;

import java.io.IOException;
import java.nio.file.FileVisitResult;
import java.nio.file.Files;
import java.nio.file.LinkOption;
import java.nio.file.Path;
import java.nio.file.SimpleFileVisitor;
import java.nio.file.attribute.BasicFileAttributes;
import java.nio.file.attribute.PosixFilePermissions;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.stream.Collectors;
import org.cloudos.units.file.Settings;
import org.cloudos.units.file.Values;
import org.cloudos.units.process.Accounts;

/** {@code RuntimeDirectory=}, {@code StateDirectory=} and the like: folders that are made for a unit, and given to its user. */
final class StateFolders {
    private static final List<String> KINDS = List.of("Runtime", "State", "Cache", "Logs", "Configuration");
    private static final int[] CODES = {233, 238, 239, 240, 241};

    private static final Set<String> KEYS = KINDS.stream().map(k -> k + "Directory").collect(Collectors.toUnmodifiableSet());

    private final World world;
    private final Settings settings;
    private final String section;
    private final boolean any;

    StateFolders(World world, Settings settings, String section) {
        this.world = world;
        this.settings = settings;
        this.section = section;
        this.any = settings.hasAny(section, KEYS);
        if (any) {
            KINDS.forEach(this::names);
        }
    }

    private Path base(String kind) {
        World.Folders folders = world.folders();
        return switch (kind) {
            case "Runtime" -> folders.run();
            case "State" -> folders.state();
            case "Cache" -> folders.cache();
            case "Logs" -> folders.logs();
            default -> folders.config();
        };
    }

    private List<String> names(String kind) {
        return settings.list(section, kind + "Directory", v -> org.cloudos.units.file.Words.split(v).stream().map(settings.specifiers()).map(w -> {
            // NAME:LINK makes a link beside it; links are told of in the table of keys
            String name = w.split(":", 2)[0];
            if (name.startsWith("/") || name.isEmpty() || ("/" + name + "/").contains("/../") || name.indexOf('\t') >= 0) {
                throw new IllegalArgumentException("expected a relative path without .., found " + w);
            }
            return name;
        }).toList());
    }

    /** All folders, by kind. */
    private Map<String, List<Path>> all() {
        if (!any) {
            return Map.of();
        }
        Map<String, List<Path>> all = new LinkedHashMap<>();
        for (String kind : KINDS) {
            List<String> names = names(kind);
            if (!names.isEmpty()) {
                all.put(kind, names.stream().map(n -> base(kind).resolve(n)).toList());
            }
        }
        return all;
    }

    Map<String, String> environment() {
        if (!any) {
            return Map.of();
        }
        Map<String, String> environment = new LinkedHashMap<>();
        all().forEach((kind, paths) -> environment.put(kind.toUpperCase(java.util.Locale.ROOT) + "_DIRECTORY",
                String.join(":", paths.stream().map(Path::toString).toList())));
        return environment;
    }

    /** Those that the service may write to, whatever else is read-only. */
    List<Path> writable() {
        List<Path> paths = new ArrayList<>();
        all().values().forEach(paths::addAll);
        return paths;
    }

    /** Makes what is missing. */
    void make(Optional<Accounts.User> user, Optional<Long> group) {
        all().forEach((kind, paths) -> {
            int mode = settings.get(section, kind + "DirectoryMode", Values::mode).orElse(0755);
            for (Path path : paths) {
                try {
                    make(path, mode, kind.equals("Configuration") ? Optional.empty() : user, kind.equals("Configuration") ? Optional.empty() : group);
                } catch (IOException e) {
                    throw new ExecSettings.ExecException(CODES[KINDS.indexOf(kind)], kind + "Directory=" + path + " can't be made: " + e.getMessage());
                }
            }
        });
    }

    private void make(Path path, int mode, Optional<Accounts.User> user, Optional<Long> group) throws IOException {
        Files.createDirectories(path);
        Files.setPosixFilePermissions(path, PosixFilePermissions.fromString(permissions(mode)));
        boolean differs = user.isPresent() && ((Integer) Files.getAttribute(path, "unix:uid", LinkOption.NOFOLLOW_LINKS)).longValue() != user.get().uid();
        if (differs) { // whose user has changed gets all that is in it, as systemd does it
            Files.walkFileTree(path, new Owner((int) user.get().uid(), group.orElse(user.get().gid()).intValue()));
        } else if (group.isPresent()) {
            Files.setAttribute(path, "unix:gid", group.get().intValue(), LinkOption.NOFOLLOW_LINKS);
        }
    }

    private static String permissions(int mode) {
        StringBuilder out = new StringBuilder();
        for (int bit = 8; bit >= 0; bit--) {
            out.append((mode >> bit & 1) == 1 ? "rwx".charAt((8 - bit) % 3) : '-');
        }
        return out.toString();
    }

    private static final class Owner extends SimpleFileVisitor<Path> {
        private final int uid;
        private final int gid;

        Owner(int uid, int gid) {
            this.uid = uid;
            this.gid = gid;
        }

        private FileVisitResult own(Path path) throws IOException {
            Files.setAttribute(path, "unix:uid", uid, LinkOption.NOFOLLOW_LINKS);
            Files.setAttribute(path, "unix:gid", gid, LinkOption.NOFOLLOW_LINKS);
            return FileVisitResult.CONTINUE;
        }

        @Override public FileVisitResult preVisitDirectory(Path dir, BasicFileAttributes attributes) throws IOException {
            return own(dir);
        }

        @Override public FileVisitResult visitFile(Path file, BasicFileAttributes attributes) throws IOException {
            return own(file);
        }
    }

    /** When the unit has stopped. @param restarts whether it will be started again at once */
    void clear(boolean restarts) {
        if (!any) {
            return;
        }
        String preserve = settings.text(section, "RuntimeDirectoryPreserve", "no");
        boolean keep = preserve.equals("restart") ? restarts : Values.tryBool(preserve).orElse(false);
        if (!keep) {
            all().getOrDefault("Runtime", List.of()).forEach(StateFolders::delete);
        }
    }

    static void delete(Path folder) {
        try {
            Files.walkFileTree(folder, new SimpleFileVisitor<>() {
                @Override public FileVisitResult visitFile(Path file, BasicFileAttributes attributes) throws IOException {
                    Files.delete(file);
                    return FileVisitResult.CONTINUE;
                }

                @Override public FileVisitResult postVisitDirectory(Path dir, IOException e) throws IOException {
                    Files.delete(dir);
                    return FileVisitResult.CONTINUE;
                }
            });
        } catch (IOException e) {
            // What can't be deleted stays; the next start takes it as it is.
        }
    }
}
