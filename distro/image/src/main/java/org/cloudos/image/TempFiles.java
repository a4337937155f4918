package org.cloudos.image;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.LinkOption;
import java.nio.file.Path;
import java.nio.file.StandardCopyOption;
import java.util.ArrayList;
import java.util.List;
import java.util.TreeSet;
import java.util.stream.Stream;

/**
 * Lines of tmpfiles.d(5). What they say about /etc and /usr is done in the tree; what about /var, /run and /tmp becomes
 * the list that init does at each start, one line a path:
 *
 * <pre>
 * d MODE UID GID PATH          a folder, with this mode and owner whether it is there already or not
 * f MODE UID GID PATH          an empty file, likewise
 * C MODE UID GID PATH SOURCE   a copy, when nothing is there
 * L MODE UID GID PATH TARGET   a symbolic link, when nothing is there
 * </pre>
 */
final class TempFiles {
    /** Where init finds the list. */
    static final String FILE = "usr/lib/cloudos/tmpfiles";

    private final ImageTree tree;
    private final Accounts accounts;
    private final List<String> boot = new ArrayList<>();
    private final TreeSet<String> undone = new TreeSet<>();

    TempFiles(ImageTree tree, Accounts accounts) {
        this.tree = tree;
        this.accounts = accounts;
    }

    /** init's list. */
    List<String> boot() {
        return boot;
    }

    /** What of the lines is not done, in words. */
    List<String> undone() {
        return List.copyOf(undone);
    }

    void apply(SetupLine line) throws IOException {
        if (line.words().getFirst().contains("!") && line.type() != 'd' && line.type() != 'D') return; // r! and the like clean up
        if (line.path().matches(".*%[^%].*")) {
            undone.add("tmpfiles.d: specifier in " + line.path());
            return;
        }
        String path = ImageTree.normal(line.path().replace("%%", "%"));
        if (path.matches("(var|run|tmp)(/.*)?")) later(line, path);
        else if (path.matches("(etc|usr|opt|srv)(/.*)?")) now(line, path);
        else undone.add("tmpfiles.d: " + line.type() + " /" + path);
    }

    private ImageTree.Owner owner(SetupLine line) throws ImageException {
        return new ImageTree.Owner(accounts.uid(line.field(3).replaceFirst("^:", "")), accounts.gid(line.field(4).replaceFirst("^:", "")));
    }

    private void now(SetupLine line, String path) throws IOException {
        Path file = tree.at(path);
        boolean there = tree.has(path);
        switch (line.type()) {
            case 'd', 'D', 'v', 'q', 'Q' -> Trees.folders(file);
            case 'f', 'F' -> {
                if (!there) Trees.write(file, line.argument().equals("-") ? "" : unescaped(line.argument()) + "\n");
            }
            case 'L' -> link(file, line.argument());
            case 'C' -> {
                Trees.folders(file.getParent());
                if (!there) Files.copy(tree.at(ImageTree.normal(line.argument())), file, LinkOption.NOFOLLOW_LINKS, StandardCopyOption.COPY_ATTRIBUTES);
            }
            case 'z', 'm' -> {
                if (!there) throw new ImageException("there is no /" + path + " to set the mode and owner of");
            }
            case 'e', 'r', 'R', 'x', 'X' -> {
                return; // about cleaning
            }
            default -> {
                undone.add("tmpfiles.d: " + line.type() + " /" + path);
                return;
            }
        }
        if (line.type() != 'L') tree.permit(path, line.mode(), owner(line));
    }

    /** tmpfiles.d(5): "C-style backslash escapes are processed". Those that text needs. */
    private static String unescaped(String text) throws ImageException {
        StringBuilder plain = new StringBuilder();
        for (int i = 0; i < text.length(); i++) {
            char c = text.charAt(i);
            if (c == '\\' && ++i == text.length()) throw new ImageException("a backslash at the end of '" + text + "'");
            plain.append(c != '\\' ? c : switch (text.charAt(i)) {
                case 'n' -> '\n';
                case 't' -> '\t';
                case '\\', '"', '\'' -> text.charAt(i);
                default -> throw new ImageException("expected one of \\n \\t \\\\ \\\" \\' in '" + text + "', found \\" + text.charAt(i));
            });
        }
        return plain.toString();
    }

    private static void link(Path file, String target) throws IOException {
        if (Files.exists(file, LinkOption.NOFOLLOW_LINKS)) return;
        Trees.folders(file.getParent());
        Files.createSymbolicLink(file, Path.of(target));
    }

    private void later(SetupLine line, String path) throws IOException {
        switch (line.type()) {
            case 'd', 'D', 'v', 'q', 'Q' -> add('d', line.mode() == null ? 0755 : line.mode(), owner(line), path, null);
            case 'f', 'F' -> {
                if (!line.argument().equals("-")) undone.add("tmpfiles.d: the content of /" + path);
                add('f', line.mode() == null ? 0644 : line.mode(), owner(line), path, null);
            }
            case 'L' -> add('L', 0777, ImageTree.Owner.ROOT, path, line.argument());
            case 'C' -> copy(path, ImageTree.normal(line.argument()), line);
            case 'e', 'r', 'R', 'x', 'X' -> {
                return;
            }
            default -> undone.add("tmpfiles.d: " + line.type() + " /" + path);
        }
    }

    private void copy(String path, String source, SetupLine line) throws IOException {
        if (!tree.has(source)) throw new ImageException("there is no /" + source + " to be copied to /" + path);
        boolean folder = Files.isDirectory(tree.at(source), LinkOption.NOFOLLOW_LINKS);
        if (folder) factory(path, tree.at(source));
        else add('C', line.mode() == null ? mode(tree.at(source)) : line.mode(), owner(line), path, "/" + ImageTree.kept(source));
    }

    /** All that is below a folder of the image, for a place that is empty at the first start. */
    void factory(String path, Path folder) throws IOException {
        try (Stream<Path> all = Files.walk(folder)) {
            for (Path file : all.sorted().toList()) {
                String below = folder.relativize(file).toString();
                if (below.isEmpty() && path.equals("var")) continue; // a mount point
                String name = below.isEmpty() ? path : path + "/" + below;
                ImageTree.Owner owner = tree.owners().getOrDefault(tree.root().relativize(file).toString(), ImageTree.Owner.ROOT);
                if (Files.isSymbolicLink(file)) add('L', 0777, owner, name, Files.readSymbolicLink(file).toString());
                else if (Files.isDirectory(file)) add('d', mode(file), owner, name, null);
                else add('C', mode(file), owner, name, "/" + tree.root().relativize(file));
            }
        }
    }

    static int mode(Path file) throws IOException {
        final int bits = 07777;
        return (Integer) Files.getAttribute(file, "unix:mode", LinkOption.NOFOLLOW_LINKS) & bits;
    }

    /** What comes later about the same path wins: a package's folder first, what is declared about it after. */
    private void add(char type, int mode, ImageTree.Owner owner, String path, String more) throws ImageException {
        String line = type + " " + String.format("%04o", mode) + " " + owner.uid() + " " + owner.gid() + " /" + path;
        if (path.contains(" ") || more != null && more.contains(" ")) throw new ImageException("a path with a space: /" + path);
        boot.removeIf(l -> l.split(" ")[4].equals("/" + path));
        boot.add(more == null ? line : line + " " + more);
    }
}
