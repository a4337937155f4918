package org.cloudos.units.process;

import java.io.ByteArrayOutputStream;
import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.nio.charset.StandardCharsets;

/** A description for {@code spawn}: NAME=VALUE texts, as distro/boot/spawn/child.c, rights.c, mounts.c and sockets.c list them. */
public final class Launch {
    private static final int OUTPUT = 1;
    private static final int SEPARATE = 2;

    private final ByteArrayOutputStream texts = new ByteArrayOutputStream(1024);
    private int flags;

    /** Adds one. A zero byte would end it early: there is none in what unit files can say, and from elsewhere it is refused. */
    public Launch add(String name, String value) {
        if (value.indexOf('\0') >= 0) {
            throw new IllegalArgumentException(name + ": expected text without zero bytes");
        }
        texts.writeBytes((name + "=" + value).getBytes(StandardCharsets.UTF_8));
        texts.write(0);
        return this;
    }

    /** Adds a number. */
    public Launch add(String name, long value) {
        return add(name, Long.toString(value));
    }

    /** A step on the way to the file system that the service sees. */
    public Launch mount(String... words) {
        return add("mnt", String.join("\t", words));
    }

    /** What it writes comes to us. @param separate standard error comes apart from standard output */
    public Launch captured(boolean separate) {
        flags = OUTPUT | (separate ? SEPARATE : 0);
        return this;
    }

    byte[] withFlags() {
        ByteBuffer all = ByteBuffer.allocate(Integer.BYTES + texts.size()).order(ByteOrder.nativeOrder());
        return all.putInt(flags).put(texts.toByteArray()).array();
    }

    byte[] bytes() {
        return texts.toByteArray();
    }

    @Override public String toString() {
        return texts.toString(StandardCharsets.UTF_8).replace('\0', '\n');
    }
}
