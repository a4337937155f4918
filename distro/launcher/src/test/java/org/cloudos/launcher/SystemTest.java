package org.cloudos.launcher;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.io.File;
import java.io.IOException;
import java.io.InputStream;
import java.io.OutputStream;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.TimeUnit;
import java.util.jar.Attributes;
import java.util.jar.JarOutputStream;
import java.util.jar.Manifest;
import java.util.zip.ZipEntry;
import org.cloudos.launcher.bundle.Faulty;
import org.cloudos.launcher.bundle.Greeter;
import org.cloudos.launcher.bundle.Tester;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** The launcher as its user sees it: a JVM of its own, Felix, jars on the class path. */
class SystemTest {
    private record Outcome(int code, String output, String status) { }

    @TempDir Path dir;
    private Path home;
    private Path two;
    private final List<String> bundles = new ArrayList<>();

    @BeforeEach
    void profile() throws IOException {
        home = Files.createDirectories(dir.resolve("home"));
        Files.createDirectories(home.resolve("lib"));
        bundle(1, "connect", Tester.class, "tester", "1.0.0");
        bundle(2, "connect", Greeter.class, "greeter", "1.0.0");
        two = dir.resolve("two.jar");
        jar(two, Greeter.class, "greeter", "2.0.0");
        Files.writeString(home.resolve("framework.properties"), "cloudos.stop.limit=60\n");
    }

    private void bundle(int level, String kind, Class<?> activator, String bsn, String version) throws IOException {
        // An update without a stream must not go there.
        jar(home.resolve("lib/" + bsn + ".jar"), activator, bsn, version,
                "Bundle-UpdateLocation", "http://localhost:1/nowhere.jar");
        bundles.add(level + "\t" + kind + "\tlib/" + bsn + ".jar\t" + bsn + "\t" + version);
    }

    private static void jar(Path file, String bsn, String version, String header, String value) throws IOException {
        jar(file, Greeter.class, bsn, version, header, value);
    }

    /** @param extra header and value */
    private static void jar(Path file, Class<?> activator, String bsn, String version, String... extra) throws IOException {
        Manifest manifest = new Manifest();
        Attributes main = manifest.getMainAttributes();
        main.put(Attributes.Name.MANIFEST_VERSION, "1.0");
        main.putValue("Bundle-ManifestVersion", "2");
        main.putValue("Bundle-SymbolicName", bsn);
        main.putValue("Bundle-Version", version);
        main.putValue("Bundle-Activator", activator.getName());
        main.putValue("Import-Package", "org.osgi.framework");
        if (extra.length > 0) {
            main.putValue(extra[0], extra[1]);
        }
        String entry = activator.getName().replace('.', '/') + ".class";
        try (OutputStream out = Files.newOutputStream(file);
                JarOutputStream jar = new JarOutputStream(out, manifest);
                InputStream in = activator.getResourceAsStream("/" + entry)) {
            jar.putNextEntry(new ZipEntry(entry));
            in.transferTo(jar);
        }
    }

    private ProcessBuilder launcher(String... commands) throws IOException {
        Files.write(home.resolve("bundles.list"), bundles);
        List<String> classPath = new ArrayList<>();
        for (String entry : System.getProperty("java.class.path").split(File.pathSeparator)) {
            if (entry.contains("felix") || entry.contains("kernel.api") || entry.endsWith("target" + File.separator + "classes")) {
                classPath.add(entry);
            }
        }
        for (String line : bundles) {
            if (line.contains("connect")) {
                classPath.add(line.split("\t")[2]);
            }
        }
        List<String> words = new ArrayList<>(List.of(System.getProperty("java.home") + "/bin/java", "-Xmx64m",
                "-XX:+UseSerialGC", "-XX:TieredStopAtLevel=1", "--sun-misc-unsafe-memory-access=allow", "-cp",
                String.join(File.pathSeparator, classPath), "org.cloudos.launcher.Main", "--data",
                dir.resolve("data").toString(), "--status", dir.resolve("status").toString()));
        for (String command : commands) {
            words.add("--exec");
            words.add(command);
        }
        return new ProcessBuilder(words).directory(home.toFile()).redirectErrorStream(true)
                .redirectOutput(dir.resolve("output").toFile());
    }

    private Outcome run(String... commands) throws Exception {
        Files.deleteIfExists(dir.resolve("status"));
        return end(launcher(commands).start());
    }

    private Outcome end(Process process) throws Exception {
        if (!process.waitFor(5, TimeUnit.MINUTES)) {
            process.destroyForcibly();
        }
        Path status = dir.resolve("status");
        return new Outcome(process.waitFor(), Files.readString(dir.resolve("output")),
                Files.exists(status) ? Files.readString(status) : "");
    }

    private static void assertHas(String expected, Outcome outcome) {
        assertTrue(outcome.output().contains(expected), () -> "expected: " + expected + "\nfound: " + outcome);
    }

    @Test
    void commandsRunAndTheirOutcomeIsTheExitCode() throws Exception {
        Outcome good = run("greet", "owner");
        assertEquals(0, good.code(), good.output());
        assertHas("greeter: 1.0.0, class path", good);
        assertHas("owner: tester null", good);
        assertHas("tester stopped", good);
        assertEquals("""
                {"event":"exec","index":0,"ok":true,"command":"greet"}
                {"event":"exec","index":1,"ok":true,"command":"owner"}
                {"event":"exit","code":0}
                """, good.status());
        Outcome bad = run("greet", "nonsense", "greet");
        assertEquals(1, bad.code());
        assertTrue(bad.status().contains("\"index\":2,\"ok\":true"), bad.status());
    }

    @Test
    void wrongUseAndABrokenProfileHaveCodesOfTheirOwn() throws Exception {
        ProcessBuilder usage = launcher();
        usage.command().add("--exec");
        Outcome outcome = end(usage.start());
        assertEquals(2, outcome.code());
        assertHas("--exec: a value is missing", outcome);
        bundles.add("nonsense");
        Outcome broken = run("greet");
        assertEquals(3, broken.code());
        assertHas("cloudos: can't start: bundles.list, line 3: expected level", broken);
    }

    @Test
    void aBundleGetsItsOwnLoaderAndGoesBackToTheClassPath() throws Exception {
        Outcome outcome = run("update " + two, "greet", "back", "greet", "separate", "greet", "update " + two, "back", "greet");
        assertEquals(0, outcome.code(), outcome.output());
        String seen = outcome.output().lines().filter(l -> l.startsWith("greeter:")).toList().toString();
        assertEquals("[greeter: 2.0.0, own loader, greeter: 1.0.0, class path, greeter: 1.0.0, own loader, "
                + "greeter: 1.0.0, class path]", seen);
    }

    @Test
    void aDeployedBundleIsThereAfterARestartAndADamagedOneIsNot() throws Exception {
        assertEquals(0, run("deploy " + two).code());
        Outcome after = run("greet", "back", "greet");
        assertHas("greeter: 2.0.0, own loader", after);
        assertHas("greeter: 1.0.0, class path", after);
        Path jar = Files.list(dir.resolve("data/store")).findFirst().orElseThrow();
        Files.writeString(jar, "cut");
        Outcome damaged = run("greet");
        assertEquals(0, damaged.code(), damaged.output());
        assertHas("deployed set 1 is damaged and passed over: the jar of greeter has changed: expected SHA-256", damaged);
        assertHas("running the profile without deployed bundles", damaged);
        assertHas("greeter: 1.0.0, class path", damaged);
    }

    @Test
    void importersOfADeployedPackageGetTheirOwnLoaders() throws Exception {
        String export = "org.cloudos.launcher.bundle";
        jar(home.resolve("lib/greeter.jar"), "greeter", "1.0.0", "Export-Package", export);
        jar(two, "greeter", "2.0.0", "Export-Package", export);
        bundle(2, "connect", Greeter.class, "importer", "3.0.0");
        jar(home.resolve("lib/importer.jar"), "importer", "3.0.0", "Import-Package", "org.osgi.framework," + export);
        assertHas("greeter: 3.0.0, class path", run("greet importer", "deploy " + two));
        Outcome outcome = run("greet", "greet importer");
        assertHas("greeter: 2.0.0, own loader", outcome);
        assertFalse(outcome.output().contains("class path"), outcome.output());
    }

    @Test
    void aBundleThatDoesNotStartIsReportedAndSkipped() throws Exception {
        bundle(1, "connect", Faulty.class, "faulty", "1.0.0");
        bundles.add("2\tconnect\tlib/missing.jar\tmissing\t1.0.0");
        Outcome outcome = run("greet");
        assertEquals(0, outcome.code(), outcome.output());
        assertHas("bundle faulty did not start; going on without it", outcome);
        assertHas("faulty on purpose", outcome);
        assertHas("bundle missing can't be installed; going on without it", outcome);
        assertHas("incident in faulty: bundle faulty did not start", outcome);
        assertHas("greeter: 1.0.0, class path", outcome);
    }

    @Test
    void uncaughtErrorsAreReportedWithTheirBundle() throws Exception {
        Outcome outcome = run("throw", "overflow", "exhaust", "greet");
        assertEquals(0, outcome.code(), outcome.output());
        String thread = "incident in tester: Uncaught in thread victim of tester; ";
        assertHas(thread + "java.lang.IllegalStateException: thrown", outcome);
        assertHas(thread + "java.lang.StackOverflowError", outcome);
        assertHas(thread + "java.lang.OutOfMemoryError: Java heap space", outcome);
        assertHas("greeter: 1.0.0, class path", outcome);
    }

    @Test
    void aHangingStopEndsAtTheDeadline() throws Exception {
        Files.writeString(home.resolve("framework.properties"), "cloudos.stop.limit=2\n");
        Outcome outcome = run("hang");
        assertEquals(0, outcome.code(), outcome.output());
        assertHas("not stopped after 2 s; ending all the same", outcome);
        assertHas("hangs in the stop of tester", outcome);
        assertHas("at app//org.cloudos.launcher.bundle.Tester.stop", outcome);
    }

    @Test
    void rebootStartsTheFrameworkAgainInThisProcess() throws Exception {
        Outcome outcome = run("reboot", "greet");
        assertEquals(0, outcome.code(), outcome.output());
        assertEquals(2, outcome.output().split("tester started", -1).length - 1, outcome.output());
        assertHas("greeter: 1.0.0, class path", outcome);
    }

    @Test
    void bootedARebootIsAnExitCode() throws Exception {
        ProcessBuilder booted = launcher("reboot", "greet");
        booted.command().add(1, "-Dcloudos.epoch.offset.ms=1000");
        Outcome outcome = end(booted.start());
        assertEquals(64, outcome.code(), outcome.output());
        assertTrue(outcome.status().endsWith("{\"event\":\"exit\",\"code\":64}\n"), outcome.status());
    }

    @Test
    void whoeverStopsTheFrameworkStopsInOrder() throws Exception {
        assertEquals(0, run("off").code());
        Outcome outcome = run("stop");
        assertEquals(0, outcome.code());
        assertHas("tester stopped", outcome);
    }

    @Test
    void aSignalStopsInOrder() throws Exception {
        Process process = launcher().start();
        Path output = dir.resolve("output");
        for (int i = 0; i < 3600 && !Files.readString(output).contains("tester started"); i++) {
            Thread.sleep(50);
        }
        process.destroy();
        Outcome outcome = end(process);
        assertEquals(128 + 15, outcome.code());
        assertHas("tester stopped", outcome);
        assertFalse(outcome.output().contains("not stopped"), outcome.output());
    }
}
