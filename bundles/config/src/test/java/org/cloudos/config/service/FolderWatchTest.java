package org.cloudos.config.service;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertNotNull;

import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardCopyOption;
import java.util.concurrent.LinkedBlockingQueue;
import java.util.concurrent.TimeUnit;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class FolderWatchTest {
    @TempDir
    Path folder;
    private final LinkedBlockingQueue<String> seen = new LinkedBlockingQueue<>();

    private String next() throws InterruptedException {
        String text = seen.poll(60, TimeUnit.SECONDS);
        assertNotNull(text, "the change was not seen");
        return text;
    }

    private static String text(Path file) {
        try {
            return Files.exists(file) ? Files.readString(file) : "gone";
        } catch (java.io.IOException e) {
            return e.toString();
        }
    }

    @Test
    void changesAreSeenWholeAndOthersAreNot() throws Exception {
        Path machine = folder.resolve("machine.yaml");
        Files.writeString(machine, "a: 1\n");
        try (FolderWatch watch = new FolderWatch(folder, at -> seen.add(text(machine)), complaint -> seen.add("complaint: " + complaint))) {
            watch.start();
            Path aside = Files.writeString(folder.resolve(".machine.new"), "a: 2\n");
            Files.move(aside, machine, StandardCopyOption.ATOMIC_MOVE);
            assertEquals("a: 2\n", next(), "renamed into place");
            Files.writeString(folder.resolve("notes.txt"), "nobody's");
            Files.writeString(machine, "a: 3\n"); // truncated first; on a machine that stops in between that is seen too
            for (String text = next(); !text.equals("a: 3\n"); text = next()) {
                assertEquals("", text);
            }
            Files.delete(machine);
            while (!next().equals("gone")) {
                continue; // the write before may be told twice
            }
            Path site = Files.createDirectory(folder.resolve("conf.d"));
            assertEquals("gone", next(), "the site's folder came");
            Files.writeString(site.resolve("x.yaml"), "b: 1\n");
            assertEquals("gone", next(), "a file in it");
        }
    }
}
