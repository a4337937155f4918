package org.cloudos.units.process;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.function.Predicate;

/** Users and groups of {@code /etc/passwd} and {@code /etc/group}, read when they are asked for. Other sources (NSS) are not asked. */
public final class Accounts {
    private final Path passwd;
    private final Path group;

    public Accounts(Path etc) {
        this.passwd = etc.resolve("passwd");
        this.group = etc.resolve("group");
    }

    /** passwd(5). */
    public record User(String name, long uid, long gid, String home, String shell) { }

    /** By name or number. */
    public Optional<User> user(String nameOrNumber) {
        return lines(passwd).stream().map(l -> l.split(":", -1)).filter(f -> f.length >= 7 && numbers(f[2], f[3]))
                .filter(byName(nameOrNumber, 2)).findFirst().map(f -> new User(f[0], Long.parseLong(f[2]), Long.parseLong(f[3]), f[5], f[6]))
                .or(() -> numbers(nameOrNumber) ? Optional.of(new User(nameOrNumber, Long.parseLong(nameOrNumber), Long.parseLong(nameOrNumber), "/",
                        "/usr/sbin/nologin"))
                        : Optional.empty());
    }

    /** A group's number, by name or number. */
    public Optional<Long> group(String nameOrNumber) {
        return lines(group).stream().map(l -> l.split(":", -1)).filter(f -> f.length >= 3 && numbers(f[2])).filter(byName(nameOrNumber, 2))
                .findFirst().map(f -> Long.parseLong(f[2])).or(() -> numbers(nameOrNumber) ? Optional.of(Long.parseLong(nameOrNumber)) : Optional.empty());
    }

    /** Groups that a user is a member of, its own first. */
    public List<Long> groupsOf(User user) {
        List<Long> all = new ArrayList<>(List.of(user.gid()));
        lines(group).stream().map(l -> l.split(":", -1)).filter(f -> f.length >= 4 && numbers(f[2]) && List.of(f[3].split(",")).contains(user.name()))
                .map(f -> Long.parseLong(f[2])).filter(g -> g != user.gid()).forEach(all::add);
        return all;
    }

    private static Predicate<String[]> byName(String wanted, int number) {
        return f -> f[0].equals(wanted) || numbers(wanted) && f[number].equals(wanted);
    }

    private static boolean numbers(String... texts) {
        for (String t : texts) {
            if (!t.matches("\\d{1,10}")) {
                return false;
            }
        }
        return true;
    }

    private static List<String> lines(Path file) {
        try {
            return Files.readAllLines(file, java.nio.charset.StandardCharsets.ISO_8859_1);
        } catch (IOException e) {
            return List.of();
        }
    }
}
