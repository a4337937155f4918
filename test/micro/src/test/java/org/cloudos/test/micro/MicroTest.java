package org.cloudos.test.micro;

import static org.junit.jupiter.api.Assertions.assertEquals;

import java.util.Collection;
import java.util.List;
import org.junit.jupiter.api.Test;
import org.openjdk.jmh.annotations.Mode;
import org.openjdk.jmh.results.RunResult;
import org.openjdk.jmh.runner.Runner;
import org.openjdk.jmh.runner.RunnerException;
import org.openjdk.jmh.runner.options.OptionsBuilder;
import org.openjdk.jmh.runner.options.VerboseMode;

/** Each hot path can be measured. How fast it is says {@code ./cloudos bench micro}. */
class MicroTest {
    @Test void allOfThemRun() throws RunnerException {
        Collection<RunResult> results = new Runner(new OptionsBuilder().mode(Mode.SingleShotTime).forks(0).warmupIterations(0).measurementIterations(1)
                .shouldFailOnError(true).verbosity(VerboseMode.SILENT).build()).run();
        List<String> ran = results.stream().map(r -> r.getParams().getBenchmark().replaceFirst(".*\\.(\\w+\\.\\w+)$", "$1")).sorted().toList();
        assertEquals(List.of("CloudFsPaths.attributes", "CloudFsPaths.createAndRemove", "CloudFsPaths.lookup", "CloudFsPaths.readBlock",
                "CloudFsPaths.writeBlock", "MetricsPaths.count", "MetricsPaths.observe", "MetricsPaths.peerCount", "MetricsPaths.peerObserve",
                "Rings.thereAndBack", "Rings.thereAndBack", "Rings.thereAndBack"), ran);
    }
}
