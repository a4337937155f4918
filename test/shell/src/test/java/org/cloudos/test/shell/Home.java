package org.cloudos.test.shell;

import java.io.File;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.jar.JarFile;

/** A profile's home, put together from the class path of this test as the assembler would. */
final class Home {
    /** On the class path of a test, but no part of a system. */
    private static final String NO_BUNDLE = ".*(junit|opentest4j|apiguardian|jspecify|slf4j|osgi\\.core|felix\\.framework|greeter).*";
    private static final List<String> FIRST = List.of("org.cloudos.kernel.api", "org.cloudos.kernel.core", "org.cloudos.shell",
            "org.apache.felix.gogo.runtime", "org.jline");
    private final Path folder;
    private final List<String> classPath = new ArrayList<>();

    Home(Path folder, String properties) throws IOException {
        this.folder = folder;
        Files.createDirectories(folder.resolve("lib"));
        List<String> lines = new ArrayList<>();
        for (String entry : System.getProperty("java.class.path").split(File.pathSeparator)) {
            Path jar = Path.of(entry);
            String name = jar.getFileName().toString();
            if (name.endsWith(".jar")) {
                add(jar, lines);
            }
        }
        lines.sort(null);
        Files.write(folder.resolve("bundles.list"), lines);
        Files.writeString(folder.resolve("framework.properties"), "cloudos.profile=test\n"
                + "cloudos.ready=(objectClass=org.cloudos.kernel.swap.Deployment),(objectClass=org.cloudos.commands.OsCommands)\n"
                + "cloudos.ready.limit=300\ncloudos.ssh.keys=/nonexistent\n" + properties);
    }

    private void add(Path jar, List<String> lines) throws IOException {
        String bsn;
        try (JarFile file = new JarFile(jar.toFile())) {
            bsn = file.getManifest() == null ? null : file.getManifest().getMainAttributes().getValue("Bundle-SymbolicName");
        }
        String target = "lib/" + jar.getFileName();
        Files.copy(jar, folder.resolve(target));
        classPath.add(target);
        if (bsn != null && !target.matches(NO_BUNDLE)) {
            String name = bsn.split(";")[0];
            lines.add((FIRST.contains(name) ? "1" : "2") + "\tconnect\t" + target + "\t" + name + "\t1");
        }
    }

    /** The command line that starts it. */
    List<String> command(Path data, String... more) {
        List<String> command = new ArrayList<>(List.of(Path.of(System.getProperty("java.home"), "bin", "java").toString(),
                "-XX:+UseSerialGC", "-XX:TieredStopAtLevel=1", "--enable-native-access=ALL-UNNAMED",
                "--sun-misc-unsafe-memory-access=allow", "-Dorg.jline.terminal.provider=jni", "-cp",
                String.join(File.pathSeparator, classPath), "org.cloudos.launcher.Main", "--data", data.toString()));
        command.addAll(List.of(more));
        return command;
    }

    Path folder() {
        return folder;
    }
}
