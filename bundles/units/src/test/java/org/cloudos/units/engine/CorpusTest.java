package org.cloudos.units.engine;

import static org.junit.jupiter.api.Assertions.assertEquals;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;
import java.util.stream.Stream;
import org.cloudos.units.Finding;
import org.cloudos.units.file.Keys;
import org.cloudos.units.file.UnitFolders;
import org.cloudos.units.file.UnitName;
import org.cloudos.units.file.UnitText;
import org.cloudos.units.UnitException;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.condition.EnabledIfSystemProperty;
import org.junit.jupiter.api.io.TempDir;

/**
 * Reads every unit file below a folder, such as unpacked packages, as the system would, and reports what becomes of each key:
 * {@code -Dcloudos.units.corpus=FOLDER}, the report is {@code target/corpus.tsv}. A file must never break the reader.
 */
@EnabledIfSystemProperty(named = "cloudos.units.corpus", matches = ".+")
class CorpusTest {
    @TempDir Path folder;

    @Test void everyKeyHasAFate() throws Exception {
        List<Path> files;
        try (Stream<Path> all = Files.walk(Path.of(System.getProperty("cloudos.units.corpus")))) {
            files = all.filter(f -> Files.isRegularFile(f) && isUnit(f.getFileName().toString())).sorted().toList();
        }
        Map<String, Integer> keys = new TreeMap<>();
        Map<String, Integer> loads = new TreeMap<>();
        List<String> report = new ArrayList<>();
        List<String> broken = new ArrayList<>();
        TestWorld world = new TestWorld(folder, null, true);
        for (Path file : files) {
            for (var entry : UnitFolders.read(file).entries()) {
                String fate = entry.section().startsWith("X-") || entry.key().startsWith("X-") ? "theirs"
                        : Keys.find(entry.section(), entry.key()).map(k -> k.support().name().toLowerCase(java.util.Locale.ROOT)).orElse("unknown");
                keys.merge(fate + "\t[" + entry.section() + "]\t" + entry.key(), 1, Integer::sum);
            }
            try {
                Unit unit = load(world, file);
                loads.merge(unit.load().toString(), 1, Integer::sum);
                for (Finding f : unit.findings()) {
                    if (f.severity() != Finding.Severity.INFO) {
                        report.add(f.severity() + "\t" + file.getFileName() + "\t" + f.line() + "\t" + f.key() + "\t" + f.message());
                    }
                }
            } catch (UnitException e) {
                loads.merge("REFUSED", 1, Integer::sum);
                report.add("REFUSED\t" + file.getFileName() + "\t0\t\t" + e.getMessage());
            } catch (RuntimeException | StackOverflowError e) {
                broken.add(file + ": " + e);
            }
        }
        List<String> lines = new ArrayList<>(List.of(files.size() + " files, " + loads));
        keys.forEach((key, count) -> lines.add(key + "\t" + count));
        lines.addAll(report.stream().sorted().toList());
        Files.write(Path.of("target/corpus.tsv"), lines);
        assertEquals(List.of(), broken);
    }

    private static boolean isUnit(String name) {
        int dot = name.lastIndexOf('.');
        return dot > 0 && UnitName.TYPES.contains(name.substring(dot + 1)) && !name.contains("*");
    }

    private Unit load(TestWorld world, Path file) throws IOException, UnitException {
        Path alone = Files.createTempDirectory(folder, "u");
        Path copy = alone.resolve(file.getFileName().toString());
        Files.copy(file, copy);
        UnitText.parse(Files.readAllBytes(file), file.toString());
        Loop loop = new Loop(world::nanos, () -> { });
        Processes processes = new Processes(world, loop, l -> new org.cloudos.units.process.Spawn(Path.of("/none"), l));
        Engine engine = new Engine(world, loop, processes, new UnitFolders(List.of(alone), Map.of()));
        UnitName name = UnitName.parse(file.getFileName().toString());
        return engine.unit(name.instantiate("instance").toString());
    }
}
