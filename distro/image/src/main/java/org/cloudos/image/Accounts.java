package org.cloudos.image;

import java.util.List;
import java.util.Map;
import java.util.TreeMap;
import java.util.TreeSet;
import java.util.stream.Collectors;
import java.util.zip.CRC32;

/**
 * Users and groups of an image: Debian's fixed ones (base-passwd) and what lines of sysusers.d(5) declare. A number that
 * is not given follows from the name, so that files on a data disk keep their owner when packages come and go.
 */
final class Accounts {
    /** Within Debian's range for system accounts, 100 to 999 (policy §9.2.2). */
    private static final int FIRST = 200;
    private static final int COUNT = 700;
    private static final int FIELDS = 7;
    private static final String NO_SHELL = "/usr/sbin/nologin";

    record User(String name, int uid, int gid, String comment, String home, String shell) {}

    private record Group(int gid, TreeSet<String> members) {}

    private final Map<String, User> users = new TreeMap<>();
    private final Map<String, Group> groups = new TreeMap<>();

    /** With root, tty and nobody as every image has them. */
    Accounts() {
        group("root", 0);
        group("tty", 5);
        group("nogroup", 65534);
        users.put("root", new User("root", 0, 0, "root", "/var/cloudos", "/usr/bin/false"));
        users.put("nobody", new User("nobody", 65534, 65534, "nobody", "/", "/usr/bin/false"));
    }

    /** base-passwd's tables, in the formats of passwd(5) and group(5). */
    void debian(List<String> passwd, List<String> group) throws ImageException {
        for (String line : group) {
            String[] f = line.split(":", -1);
            groups.putIfAbsent(f[0], new Group(number(f[2], line), new TreeSet<>()));
        }
        for (String line : passwd) {
            String[] f = line.split(":", -1);
            if (f.length != FIELDS) throw new ImageException("expected a line of passwd(5), found '" + line + "'");
            users.putIfAbsent(f[0], new User(f[0], number(f[2], line), number(f[3], line), f[4], f[5], NO_SHELL));
        }
    }

    /** A line of sysusers.d(5): {@code u}, {@code g} or {@code m}. */
    void declare(List<String> words) throws ImageException {
        String name = words.get(1);
        String id = word(words, 2, "-");
        switch (words.getFirst().replaceFirst("!$", "")) {
            case "g" -> group(name, id.equals("-") ? -1 : number(id, name));
            case "u" -> user(name, id, word(words, 3, "-"), word(words, 4, "-"), word(words, 5, "-"));
            case "m" -> {
                group(id, -1);
                groups.get(id).members().add(name);
            }
            default -> throw new ImageException("sysusers.d: '" + String.join(" ", words) + "' is not supported (known: u, g, m)");
        }
    }

    private void user(String name, String id, String comment, String home, String shell) throws ImageException {
        if (users.containsKey(name)) return;
        String[] ids = id.split(":", 2);
        int uid = ids[0].equals("-") ? -1 : number(ids[0], name);
        int gid;
        if (ids.length == 2) {
            gid = ids[1].matches("\\d+") ? number(ids[1], name) : gid(ids[1]);
            if (uid < 0) uid = free(name);
        } else {
            if (uid < 0) uid = groups.containsKey(name) ? groups.get(name).gid() : free(name);
            group(name, uid);
            gid = groups.get(name).gid();
        }
        int wanted = uid;
        if (users.values().stream().anyMatch(u -> u.uid() == wanted)) {
            throw new ImageException("the user " + name + " can't have the number " + uid + ": another has it");
        }
        users.put(name, new User(name, uid, gid, plain(comment), home.equals("-") ? "/" : home, shell.equals("-") ? NO_SHELL : shell));
    }

    private void group(String name, int gid) {
        if (!groups.containsKey(name)) groups.put(name, new Group(gid < 0 ? free(name) : gid, new TreeSet<>()));
    }

    /** The name's own number, or the next that neither a user nor a group has. */
    private int free(String name) {
        CRC32 crc = new CRC32();
        crc.update(name.getBytes(java.nio.charset.StandardCharsets.UTF_8));
        for (int i = 0; i < COUNT; i++) {
            int id = FIRST + (int) ((crc.getValue() + i) % COUNT);
            if (users.values().stream().noneMatch(u -> u.uid() == id) && groups.values().stream().noneMatch(g -> g.gid() == id)) return id;
        }
        throw new IllegalStateException("more than " + COUNT + " accounts");
    }

    private static String word(List<String> words, int index, String otherwise) {
        return words.size() > index ? words.get(index) : otherwise;
    }

    private static String plain(String comment) {
        return comment.equals("-") ? "" : comment.replaceAll("[:\\n]", " ");
    }

    private static int number(String text, String where) throws ImageException {
        if (!text.matches("\\d{1,5}")) throw new ImageException("expected the number of an account, found '" + text + "' in " + where);
        return Integer.parseInt(text);
    }

    /** A user's number; of "-" root's. */
    int uid(String name) throws ImageException {
        if (name.equals("-")) return 0;
        if (name.matches("\\d+")) return number(name, name);
        User user = users.get(name);
        if (user == null) throw new ImageException("there is no user " + name + "; a line 'u " + name + " -' in -cloudos.setup makes it");
        return user.uid();
    }

    /** A group's number; of "-" root's. */
    int gid(String name) throws ImageException {
        if (name.equals("-")) return 0;
        if (name.matches("\\d+")) return number(name, name);
        Group group = groups.get(name);
        if (group == null) throw new ImageException("there is no group " + name + "; a line 'g " + name + " -' in -cloudos.setup makes it");
        return group.gid();
    }

    String passwd() {
        return users.values().stream().sorted((a, b) -> Integer.compare(a.uid(), b.uid()))
                .map(u -> String.join(":", u.name(), "x", "" + u.uid(), "" + u.gid(), u.comment(), u.home(), u.shell()) + "\n")
                .collect(Collectors.joining());
    }

    /** shadow(5): nobody has a password. */
    String shadow() {
        return users.values().stream().sorted((a, b) -> Integer.compare(a.uid(), b.uid()))
                .map(u -> u.name() + ":*:20454:0:99999:7:::\n").collect(Collectors.joining());
    }

    String group() {
        return groups.entrySet().stream().sorted((a, b) -> Integer.compare(a.getValue().gid(), b.getValue().gid()))
                .map(g -> g.getKey() + ":x:" + g.getValue().gid() + ":" + String.join(",", g.getValue().members()) + "\n")
                .collect(Collectors.joining());
    }
}
