package org.cloudos.kernel.swap.deploy;

import java.util.ArrayDeque;
import java.util.Deque;
import java.util.List;
import java.util.Optional;
import org.cloudos.kernel.swap.BundleStore.BundleSet;
import org.cloudos.kernel.swap.BundleStore.Entry;

/** The versions that a bundle had over the profile, read from the sets that the store keeps. */
final class Versions {
    private Versions() { }

    /**
     * What a rollback goes back to: the entry before, or none when the bundle then is the profile's or goes. A set
     * that returned to an earlier entry took off what was above it, so that two rollbacks go two versions back.
     */
    static Optional<Entry> before(List<BundleSet> sets, String symbolicName) {
        Deque<Optional<Entry>> stack = new ArrayDeque<>();
        stack.push(Optional.empty());
        for (BundleSet set : sets) {
            Optional<Entry> entry = set.find(symbolicName);
            if (same(stack.peek(), entry)) continue;
            if (stack.stream().anyMatch(e -> same(e, entry))) {
                while (!same(stack.peek(), entry)) stack.pop();
            } else {
                stack.push(entry);
            }
        }
        stack.pop();
        return stack.isEmpty() ? Optional.empty() : stack.peek();
    }

    private static boolean same(Optional<Entry> a, Optional<Entry> b) {
        return a.map(Entry::sha256).equals(b.map(Entry::sha256));
    }
}
