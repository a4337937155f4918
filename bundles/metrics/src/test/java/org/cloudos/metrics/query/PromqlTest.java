package org.cloudos.metrics.query;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assumptions.assumeTrue;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Random;
import java.util.TreeMap;
import java.util.concurrent.TimeUnit;
import java.util.stream.Collectors;
import org.cloudos.metrics.History.Reading;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** What our evaluator says is what Prometheus' own engine says: {@code promtool test rules} with our answers as expectations. */
class PromqlTest {
    private static final int TICKS = 60;
    private static final List<String> EXPRESSIONS = List.of("up", "up{job=\"a\"}", "up{job!=\"a\"}", "up{job=~\"a|b\"}", "up{job!~\"a.*\"}",
            "up == 1", "up * 2 + 1",
            "1 - up", "2 < up", "-up", "rate(hits_total[1m])", "increase(hits_total[3m])", "rate(hits_total{job=\"c\"}[5m])", "delta(temperature[2m])",
            "avg_over_time(temperature[94s])", "min_over_time(temperature[94s])", "max_over_time(temperature[94s])", "abs(temperature)",
            "sum(hits_total)", "sum by (job) (hits_total)", "sum without (code) (hits_total)", "avg by (job) (temperature)", "min(temperature)",
            "max(temperature)", "count(hits_total)", "count by (job) (hits_total > 500)", "sum by (job) (rate(hits_total[1m]))",
            "hits_total > 900 and hits_total < 2000", "up == 1 or up == 3", "up unless up == 1", "hits_total / hits_total", "temperature > 20",
            "temperature / 0", "temperature % 7", "absent(nothing{a=\"b\"})", "absent(up)", "sum(hits_total{code=\"500\"}) / sum(hits_total)",
            "temperature == temperature", "(up + up) * up - up / 2", "up > 0 and on_nothing or up", "hits_total{code=\"200\"} / up", "resets_total",
            "rate(resets_total[4m])", "increase(resets_total[4m])");

    @TempDir Path folder;

    @Test void promtoolAgrees() throws Exception {
        assumeTrue(Files.isExecutable(Path.of("/usr/bin/promtool")), "Debian's package prometheus has promtool");
        Map<String, double[]> series = series();
        long time = (TICKS - 1) * 10_000L + 5_000; // between ticks: versions of Prometheus differ on the ends of a range
        StringBuilder test = new StringBuilder("evaluation_interval: 10s\nrule_files: []\ntests:\n  - interval: 10s\n    input_series:\n");
        series.forEach((name, values) -> test.append("      - series: '").append(name).append("'\n        values: '")
                .append(java.util.Arrays.stream(values).mapToObj(PromqlTest::number).collect(Collectors.joining(" "))).append("'\n"));
        test.append("    promql_expr_test:\n");
        for (String expression : EXPRESSIONS) {
            test.append("      - expr: '").append(expression).append("'\n        eval_time: ").append(time).append("ms\n        exp_samples:\n");
            for (Reading r : new Evaluator(Parser.parse(expression), (s, from, to) -> load(series, s, from, to), time, time).at(time)) {
                test.append("          - labels: '").append(r.name()).append('{').append(r.labels().entrySet().stream()
                        .map(l -> l.getKey() + "=\"" + l.getValue() + "\"").collect(Collectors.joining(","))).append("}'\n            value: ")
                        .append(number(r.value())).append('\n');
            }
        }
        Path file = Files.writeString(folder.resolve("test.yml"), test);
        Process promtool = new ProcessBuilder("/usr/bin/promtool", "test", "rules", file.toString()).redirectErrorStream(true)
                .redirectOutput(folder.resolve("out").toFile()).start();
        assertEquals(true, promtool.waitFor(60, TimeUnit.SECONDS));
        assertEquals(0, promtool.exitValue(), () -> read(folder.resolve("out")));
    }

    private static String read(Path file) {
        try {
            return Files.readString(file);
        } catch (IOException e) {
            return e.toString();
        }
    }

    private static String number(double value) {
        return Double.isNaN(value) ? ".nan" : Double.isInfinite(value) ? (value > 0 ? ".inf" : "-.inf") : Double.toString(value);
    }

    private static Map<String, double[]> series() {
        Map<String, double[]> series = new TreeMap<>();
        Random random = new Random(3);
        int[] ups = {1, 0, 3};
        for (String job : List.of("a", "b", "c")) {
            double up = ups[job.charAt(0) - 'a'];
            series.put("up{job=\"" + job + "\"}", random.doubles(TICKS).map(d -> up).toArray());
            series.put("temperature{job=\"" + job + "\"}", random.doubles(TICKS, -10, 40).map(Math::rint).toArray());
            for (String code : List.of("200", "500")) {
                double[] hits = new double[TICKS];
                for (int i = 0; i < TICKS; i++) {
                    hits[i] = (i == 0 ? 300 : hits[i - 1]) + random.nextInt(30);
                }
                series.put("hits_total{code=\"" + code + "\",job=\"" + job + "\"}", hits);
            }
        }
        double[] resets = new double[TICKS];
        for (int i = 0; i < TICKS; i++) {
            resets[i] = (i == 0 ? 400 : i % 17 == 0 ? 0 : resets[i - 1]) + 1 + random.nextInt(5);
        }
        series.put("resets_total{}", resets);
        return series;
    }

    private static List<SeriesData> load(Map<String, double[]> all, Expr.Selector selector, long from, long to) {
        List<SeriesData> found = new ArrayList<>();
        all.forEach((text, values) -> {
            String name = text.substring(0, text.indexOf('{'));
            Map<String, String> labels = new TreeMap<>();
            for (String label : text.substring(name.length() + 1, text.length() - 1).split(",")) {
                if (!label.isEmpty()) {
                    labels.put(label.substring(0, label.indexOf('=')), label.substring(label.indexOf('"') + 1, label.length() - 1));
                }
            }
            if (selector.matches(name, labels)) {
                SeriesData data = new SeriesData(name, labels);
                for (int i = 0; i < values.length; i++) {
                    if (i * 10_000L >= from && i * 10_000L <= to) {
                        data.add(i * 10_000L, values[i]);
                    }
                }
                found.add(data);
            }
        });
        return found;
    }
}
