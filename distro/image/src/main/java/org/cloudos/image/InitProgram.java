package org.cloudos.image;

import java.io.IOException;
import java.io.InputStream;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;

/** Compiles {@code distro/boot}, whose sources travel in this jar. */
final class InitProgram {
    /** Every source of distro/boot. */
    static final List<String> SOURCES = List.of("init.h", "disk.c", "init.c", "jvm.c", "log.c", "modules.c", "net.c",
            "options.c", "packages.c", "power.c");

    private InitProgram() {}

    static String key(Arch arch) throws IOException {
        Digest digest = new Digest().text(new Tool(arch.tool("gcc"), "-dumpfullversion").run()).text(arch);
        for (String name : SOURCES) {
            try (InputStream in = open(name)) {
                digest.text(new String(in.readAllBytes(), java.nio.charset.StandardCharsets.UTF_8));
            }
        }
        return digest.hex();
    }

    static void compile(Arch arch, Path into) throws IOException {
        Path sources = Files.createTempDirectory(into, "boot");
        Tool gcc = new Tool(arch.tool("gcc"), "-static", "-O2", "-Wall", "-Wextra", "-Werror", "-s", "-Wl,--build-id=none", "-o", into.resolve("init"));
        for (String name : SOURCES) {
            try (InputStream in = open(name)) {
                Files.copy(in, sources.resolve(name));
            }
            if (name.endsWith(".c")) gcc.add(name);
        }
        gcc.in(sources).run();
        Trees.delete(sources);
    }

    private static InputStream open(String name) throws IOException {
        InputStream in = InitProgram.class.getResourceAsStream("/boot/" + name);
        if (in == null) throw new ImageException("the sources of init are not in this build: /boot/" + name + " is missing");
        return in;
    }
}
