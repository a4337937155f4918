package org.cloudos.image;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assumptions.assumeTrue;

import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class ErofsRootTest {
    @TempDir Path folder;

    @Test void labelledCheckedAndTheSameEachTime() throws IOException {
        assumeTrue(HostTools.find("mkfs.erofs") != null, "mkfs.erofs is not installed");
        Path tree = Files.createDirectories(folder.resolve("tree/etc"));
        Files.writeString(tree.resolve("hello"), "x".repeat(5000));
        Path a = folder.resolve("a");
        Path b = folder.resolve("b");
        ErofsRoot.make(tree.getParent(), a);
        Files.setLastModifiedTime(tree.resolve("hello"), java.nio.file.attribute.FileTime.fromMillis(0));
        ErofsRoot.make(tree.getParent(), b);
        assertEquals(-1, Files.mismatch(a, b));
        assertEquals("cloudos-root\0\0\0\0", new String(Files.readAllBytes(a), 1024 + 64, 16, StandardCharsets.US_ASCII));
        if (HostTools.find("fsck.erofs") != null) new Tool("fsck.erofs", a).run(); // it knows the checksum
    }

    @Test void anythingElseIsRefused() throws IOException {
        Path file = Files.write(folder.resolve("x"), new byte[4096]);
        assertThrows(ImageException.class, () -> ErofsRoot.label(file));
    }
}
