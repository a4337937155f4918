package org.cloudos.image;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assumptions.assumeTrue;

import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Map;
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
        ErofsRoot.make(tree.getParent(), a, Map.of());
        Files.setLastModifiedTime(tree.resolve("hello"), java.nio.file.attribute.FileTime.fromMillis(0));
        ErofsRoot.make(tree.getParent(), b, Map.of());
        assertEquals(-1, Files.mismatch(a, b));
        assertEquals("cloudos-root\0\0\0\0", new String(Files.readAllBytes(a), 1024 + 64, 16, StandardCharsets.US_ASCII));
        if (HostTools.find("fsck.erofs") != null) new Tool("fsck.erofs", a).run(); // it knows the checksum
    }

    @Test void anythingElseIsRefused() throws IOException {
        Path file = Files.write(folder.resolve("x"), new byte[4096]);
        assertThrows(ImageException.class, () -> ErofsRoot.label(file));
    }

    @Test void filesBelongToWhomTheyShall() throws IOException {
        assumeTrue(HostTools.find("mkfs.erofs") != null, "mkfs.erofs is not installed");
        Path tree = Files.createDirectories(folder.resolve("tree/etc/many")).getParent().getParent();
        for (int i = 0; i < 700; i++) Files.writeString(tree.resolve("etc/many/a-file-with-a-long-name-" + i), "x".repeat(i));
        Files.createSymbolicLink(tree.resolve("etc/link"), Path.of("many"));
        Path image = folder.resolve("owned.erofs");
        Map<String, ImageTree.Owner> owners = Map.of("etc/many/a-file-with-a-long-name-699", new ImageTree.Owner(671, 4),
                "etc/many/a-file-with-a-long-name-0", new ImageTree.Owner(0, 42), "etc/many", new ImageTree.Owner(65534, 65534),
                "etc/link", new ImageTree.Owner(1, 2));
        ErofsRoot.make(tree, image, owners);
        for (Map.Entry<String, ImageTree.Owner> one : owners.entrySet()) assertEquals(one.getValue(), ErofsOwners.read(image, one.getKey()), one.getKey());
        assertEquals(ImageTree.Owner.ROOT, ErofsOwners.read(image, "etc/many/a-file-with-a-long-name-1"));
        assertThrows(ImageException.class, () -> ErofsOwners.read(image, "etc/nothing"));
        assertThrows(ImageException.class, () -> ErofsRoot.make(tree, image, Map.of("etc/nothing", new ImageTree.Owner(1, 1))));
        ErofsRoot.label(image); // checks the superblock's sum
    }
}
