package org.cloudos.image;

import java.io.IOException;
import java.io.InputStream;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;

/** Compiles {@code distro/boot/spawn}, which starts the processes of services: static, so that a home runs on every Linux of its processor. */
public final class SpawnProgram {
    private static final List<String> SOURCES = List.of("spawn.h", "child.c", "groups.c", "main.c", "mounts.c", "rights.c", "sockets.c", "start.c");
    private static final String FOLDER = "/boot/spawn/";

    private SpawnProgram() {}

    /** Names what the program is made of. */
    public static String key() throws IOException {
        Digest digest = new Digest();
        for (String name : SOURCES) {
            try (InputStream in = open(name)) {
                digest.text(new String(in.readAllBytes(), StandardCharsets.UTF_8));
            }
        }
        return digest.hex();
    }

    /** Compiles it for this machine. */
    public static void compile(Path program) throws IOException {
        compile(Arch.host(), program);
    }

    /**
     * Compiles it.
     *
     * @param program the file to make; its folder is there
     * @throws ImageException when there is no compiler, or no static C library
     */
    static void compile(Arch arch, Path program) throws IOException {
        Path sources = Files.createTempDirectory(program.getParent(), ".spawn");
        try {
            Tool gcc = new Tool(arch.tool("gcc"), "-static", "-O2", "-Wall", "-Wextra", "-Werror", "-s", "-Wl,--build-id=none", "-o", program);
            for (String name : SOURCES) {
                try (InputStream in = open(name)) {
                    Files.copy(in, sources.resolve(name));
                }
                if (name.endsWith(".c")) gcc.add(name);
            }
            gcc.in(sources).run();
        } finally {
            Trees.delete(sources);
        }
    }

    private static InputStream open(String name) throws IOException {
        InputStream in = SpawnProgram.class.getResourceAsStream(FOLDER + name);
        if (in == null) throw new ImageException("the sources of spawn are not in this build: " + FOLDER + name + " is missing");
        return in;
    }
}
