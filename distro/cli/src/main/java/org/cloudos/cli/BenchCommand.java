package org.cloudos.cli;

import com.google.gson.GsonBuilder;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.concurrent.Callable;
import org.cloudos.cli.bench.Bench;
import org.cloudos.cli.bench.Benches;
import picocli.CommandLine.Command;
import picocli.CommandLine.Option;
import picocli.CommandLine.Parameters;

/** Measures CloudOS against its peers. */
@Command(name = "bench", header = "Measures CloudOS against a peer in the same run: ours, the peer's, the ratio.",
        footer = {"", "Examples:", "  ./cloudos bench          lists the benchmarks", "  ./cloudos bench boot --json"})
final class BenchCommand implements Callable<Integer> {
    private final Console console;

    @Parameters(arity = "0..*", paramLabel = "NAME", description = "Benchmarks to run; none lists them.")
    private List<String> names = List.of();

    @Option(names = "--json", description = "Print the results as JSON; they are kept in .cloudos/bench too.")
    private boolean json;

    @Option(names = "--full", description = "Large sizes and long runs, where a benchmark has them.")
    private boolean full;

    BenchCommand(Console console) {
        this.console = console;
    }

    @Override public Integer call() throws IOException {
        if (names.isEmpty()) {
            list();
            return Failure.OK;
        }
        System.setProperty("cloudos.bench.full", Boolean.toString(full));
        List<Bench> chosen = names.stream().map(BenchCommand::find).toList();
        Checkout checkout = Checkout.find();
        boolean reached = true;
        for (Bench bench : chosen) {
            List<Bench.Measure> measures = run(bench, checkout);
            keep(checkout, bench, measures);
            if (json) {
                console.json(Map.of("bench", bench.name(), "measures", measures.stream().map(BenchCommand::asMap).toList()));
            } else {
                console.print(table(measures));
            }
            reached &= measures.stream().allMatch(Bench.Measure::reached);
        }
        return reached ? Failure.OK : Failure.FAILED;
    }

    private List<Bench.Measure> run(Bench bench, Checkout checkout) {
        try {
            return bench.run(checkout, console);
        } catch (IOException e) {
            throw new Failure("The benchmark broke: " + e.getMessage(), e);
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
            throw new Failure("The benchmark was interrupted", e);
        }
    }

    private void list() {
        if (json) {
            console.json(Benches.ALL.stream().map(b -> Map.of("name", b.name(), "about", b.about())).toList());
        } else {
            Table table = new Table("BENCH", "ABOUT");
            Benches.ALL.forEach(b -> table.row(b.name(), b.about()));
            console.print(table.toString());
        }
    }

    private static Bench find(String name) {
        List<String> known = Benches.ALL.stream().map(Bench::name).toList();
        return Benches.find(name).orElseThrow(() -> Failure.usage(
                "There is no benchmark '" + name + "'." + NearestName.question(name, known),
                "Benchmarks: " + String.join(", ", known)));
    }

    private static void keep(Checkout checkout, Bench bench, List<Bench.Measure> measures) throws IOException {
        Path dir = Files.createDirectories(checkout.work().resolve("bench"));
        Files.writeString(dir.resolve(bench.name() + ".json"), new GsonBuilder().setPrettyPrinting().create()
                .toJson(measures.stream().map(BenchCommand::asMap).toList()));
    }

    /** JSON knows no NaN: where there is no peer or no limit, their fields are left out. */
    private static Map<String, Object> asMap(Bench.Measure m) {
        Map<String, Object> map = new LinkedHashMap<>();
        map.put("what", m.what());
        map.put("ours", m.ours());
        if (!Double.isNaN(m.peer())) {
            map.put("peer", m.peer());
            map.put("ratio", m.ratio());
        }
        map.put("unit", m.unit());
        if (!Double.isNaN(m.limit())) {
            map.put("limit", m.limit());
        }
        map.put("reached", m.reached());
        return map;
    }

    static String table(List<Bench.Measure> measures) {
        Table table = new Table("WHAT", "OURS", "PEER", "UNIT", "RATIO", "TO REACH", "");
        for (Bench.Measure m : measures) {
            boolean alone = Double.isNaN(m.peer());
            table.row(m.what(), number(m.ours()), alone ? "-" : number(m.peer()), m.unit(),
                    alone ? "-" : number(m.ratio()), Double.isNaN(m.limit()) ? "-" : (m.atLeast() ? ">= " : "<= ") + number(m.limit()),
                    m.reached() ? "ok" : "MISSED");
        }
        return table.toString();
    }

    private static String number(double value) {
        return String.format(Locale.ROOT, Math.abs(value) >= 100 ? "%.0f" : Math.abs(value) >= 10 ? "%.1f" : "%.2f", value);
    }
}
