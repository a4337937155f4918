package org.cloudos.health.alerts;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;
import static org.junit.jupiter.api.Assumptions.assumeTrue;

import java.nio.file.Files;
import java.nio.file.Path;
import java.util.concurrent.TimeUnit;
import org.cloudos.metrics.alert.AlertRule;
import org.cloudos.metrics.query.Parser;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class RulesTest {
    @TempDir Path folder;

    @Test void eachCanBeEvaluated() {
        for (AlertRule rule : Rules.BUILT_IN) {
            Parser.parse(rule.expression());
        }
        assertEquals(Rules.BUILT_IN.size(), Rules.BUILT_IN.stream().map(AlertRule::name).distinct().count());
    }

    @Test void prometheusTakesThemToo() throws Exception {
        assumeTrue(Files.isExecutable(Path.of("/usr/bin/promtool")), "Debian's package prometheus has promtool");
        StringBuilder rules = new StringBuilder("groups:\n  - name: cloudos\n    rules:\n");
        for (AlertRule rule : Rules.BUILT_IN) {
            rules.append("      - alert: ").append(rule.name()).append("\n        expr: '").append(rule.expression()).append("'\n        for: ")
                    .append(rule.hold().toSeconds()).append("s\n");
        }
        Path file = Files.writeString(folder.resolve("rules.yml"), rules);
        Process promtool = new ProcessBuilder("/usr/bin/promtool", "check", "rules", file.toString()).redirectErrorStream(true)
                .redirectOutput(folder.resolve("out").toFile()).start();
        assertTrue(promtool.waitFor(60, TimeUnit.SECONDS));
        assertEquals(0, promtool.exitValue(), () -> rules.toString());
    }
}
