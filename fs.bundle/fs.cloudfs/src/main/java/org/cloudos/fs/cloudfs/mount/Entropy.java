package org.cloudos.fs.cloudfs.mount;

import java.security.SecureRandom;
import java.util.UUID;
import java.util.random.RandomGenerator;

/** Random bits for identities and keys; with seeds in simulations. */
public record Entropy(RandomGenerator source) {
    public static Entropy secure() {
        return new Entropy(new SecureRandom());
    }

    /** RFC 9562 §5.4. */
    public UUID uuid() {
        return new UUID(source.nextLong() & ~0xF000L | 0x4000L, source.nextLong() & ~(3L << 62) | 1L << 63);
    }

    public long number() {
        return source.nextLong();
    }

    public byte[] bytes(int count) {
        byte[] bytes = new byte[count];
        source.nextBytes(bytes);
        return bytes;
    }
}
