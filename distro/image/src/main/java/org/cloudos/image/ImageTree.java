package org.cloudos.image;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.LinkOption;
import java.nio.file.Path;
import java.nio.file.StandardCopyOption;
import java.util.LinkedHashMap;
import java.util.Map;
import java.util.TreeMap;

/**
 * Files on their way into an image: who brought each, and whom it shall belong to. Two that differ at one path are
 * refused. What packages have below /var goes to /usr/share/factory, and from there to the data disk at the start.
 */
final class ImageTree {
    static final String FACTORY = "usr/share/factory/";

    /** The owner that a file has in the image; the assembler need not be root for it. */
    record Owner(int uid, int gid) {
        static final Owner ROOT = new Owner(0, 0);
    }

    private final Path root;
    private final Map<String, String> origin = new LinkedHashMap<>();
    private final Map<String, Owner> owners = new TreeMap<>();

    ImageTree(Path root) {
        this.root = root;
    }

    Path root() {
        return root;
    }

    /** Only those that are not root's. */
    Map<String, Owner> owners() {
        return owners;
    }

    /** Relative, without "." and "..", merged as Debian merges /usr, and /var/run as the link that it is. */
    static String normal(String path) throws ImageException {
        String plain = Path.of("/" + path).normalize().toString().substring(1);
        if (plain.chars().anyMatch(c -> c < ' ')) throw new ImageException("a file name with control characters: " + path);
        if (plain.startsWith("var/run/")) return plain.substring("var/".length());
        if (plain.startsWith("var/lock/")) return "run/" + plain.substring("var/".length());
        return plain.matches("(bin|sbin|lib|lib64)/.*") ? "usr/" + plain : plain;
    }

    /** Where a file of the running system is kept in the image. */
    static String kept(String path) {
        return path.startsWith("var/") ? FACTORY + path : path;
    }

    Path at(String path) {
        return root.resolve(kept(path));
    }

    boolean has(String path) {
        return Files.exists(at(path), LinkOption.NOFOLLOW_LINKS);
    }

    /** @param replace whether it may take the place of what another brought */
    void add(Path file, String path, String who, boolean replace) throws IOException {
        if (path.matches("(cloudos|dev|proc|sys|usr/lib/jvm|usr/lib/cloudos)(/.*)?")) {
            throw new ImageException(who + " has the file /" + path + ", and that place is CloudOS's own");
        }
        Path target = at(path);
        boolean there = Files.exists(target, LinkOption.NOFOLLOW_LINKS);
        if (there && !replace && !same(file, target)) {
            throw new ImageException(who + " and " + origin.getOrDefault(path, "CloudOS") + " both have /" + path + ", with different contents");
        }
        if (there && Files.isDirectory(target, LinkOption.NOFOLLOW_LINKS)) {
            throw new ImageException(who + " has a file /" + path + ", and " + origin.getOrDefault(path, "another") + " has a folder there");
        }
        Trees.folders(target.getParent());
        Files.copy(file, target, LinkOption.NOFOLLOW_LINKS, StandardCopyOption.COPY_ATTRIBUTES, StandardCopyOption.REPLACE_EXISTING);
        origin.put(path, who);
    }

    private static boolean same(Path a, Path b) throws IOException {
        if (Files.isSymbolicLink(a) || Files.isSymbolicLink(b)) {
            return Files.isSymbolicLink(a) && Files.isSymbolicLink(b) && Files.readSymbolicLink(a).equals(Files.readSymbolicLink(b));
        }
        return Files.isRegularFile(a) && Files.isRegularFile(b) && Files.mismatch(a, b) < 0;
    }

    /** Sets whom a file belongs to, and its access mode unless that is null. */
    void permit(String path, Integer mode, Owner owner) throws IOException {
        if (mode != null) Files.setAttribute(at(path), "unix:mode", mode, LinkOption.NOFOLLOW_LINKS);
        if (owner.equals(Owner.ROOT)) owners.remove(kept(path));
        else owners.put(kept(path), owner);
    }
}
