package org.cloudos.cli;

import java.io.IOException;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.concurrent.Callable;
import org.cloudos.cli.fs.Mounted;
import org.cloudos.cli.fs.VolumeWork;
import picocli.CommandLine.Command;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Parameters;

/** Space. */
@Command(name = "df", header = "Shows the space of volumes: of those given, else of all that are mounted.")
final class FsDfCommand implements Callable<Integer> {
    private final Console console;

    @Parameters(arity = "0..*", paramLabel = "IMAGE", description = "Image or folder.")
    private List<Path> places = List.of();

    @Mixin private FsVolumeOptions options;

    FsDfCommand(Console console) {
        this.console = console;
    }

    @Override public Integer call() throws IOException {
        List<Path> chosen = places.isEmpty() ? Mounted.all().stream().map(m -> Path.of(m.folder())).toList() : places;
        VolumeWork work = options.work(console);
        List<Map<String, Object>> rows = new ArrayList<>();
        for (Path place : chosen) {
            rows.addAll(work.run(place, null, null, null, "df"));
        }
        work.show(rows, options.json());
        return Failure.OK;
    }
}
