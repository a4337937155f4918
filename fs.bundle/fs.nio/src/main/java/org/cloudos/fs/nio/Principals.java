package org.cloudos.fs.nio;

import java.nio.file.attribute.GroupPrincipal;
import java.nio.file.attribute.UserPrincipal;
import java.nio.file.attribute.UserPrincipalLookupService;
import java.nio.file.attribute.UserPrincipalNotFoundException;

/** Users and groups by number; {@code root} is 0. */
final class Principals extends UserPrincipalLookupService {
    private static final String ROOT = "root";

    /** A user. */
    record User(int id) implements UserPrincipal {
        @Override public String getName() {
            return name(id);
        }

        @Override public String toString() {
            return getName();
        }
    }

    /** A group. */
    record Group(int id) implements GroupPrincipal {
        @Override public String getName() {
            return name(id);
        }

        @Override public String toString() {
            return getName();
        }
    }

    private static String name(int id) {
        return id == 0 ? ROOT : Integer.toUnsignedString(id);
    }

    private static int number(String name) throws UserPrincipalNotFoundException {
        try {
            return name.equals(ROOT) ? 0 : Integer.parseUnsignedInt(name);
        } catch (NumberFormatException e) {
            throw new UserPrincipalNotFoundException(name);
        }
    }

    @Override public UserPrincipal lookupPrincipalByName(String name) throws UserPrincipalNotFoundException {
        return new User(number(name));
    }

    @Override public GroupPrincipal lookupPrincipalByGroupName(String name) throws UserPrincipalNotFoundException {
        return new Group(number(name));
    }

    /** The number of somebody, also of another provider's by the name. */
    static int id(UserPrincipal principal) throws UserPrincipalNotFoundException {
        return switch (principal) {
            case User user -> user.id;
            case Group group -> group.id;
            default -> number(principal.getName());
        };
    }
}
