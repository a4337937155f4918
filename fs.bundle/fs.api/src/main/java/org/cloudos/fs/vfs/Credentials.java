package org.cloudos.fs.vfs;

import java.util.EnumSet;
import java.util.List;
import java.util.Set;

/**
 * Who asks: credentials(7), the file system's IDs.
 *
 * @param groups the supplementary ones
 */
public record Credentials(int uid, int gid, List<Integer> groups, Set<Capability> capabilities) {
    /** The superuser. */
    public static final Credentials ROOT = new Credentials(0, 0, List.of(), EnumSet.allOf(Capability.class));

    public Credentials {
        groups = List.copyOf(groups);
        capabilities = Set.copyOf(capabilities);
    }

    /** Somebody without capabilities. */
    public static Credentials user(int uid, int gid, Integer... groups) {
        return new Credentials(uid, gid, List.of(groups), Set.of());
    }

    public boolean can(Capability capability) {
        return capabilities.contains(capability);
    }

    public boolean in(int group) {
        return gid == group || !groups.isEmpty() && groups.contains(group);
    }
}
