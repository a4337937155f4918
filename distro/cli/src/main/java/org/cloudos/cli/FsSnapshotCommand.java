package org.cloudos.cli;

import java.io.IOException;
import java.nio.file.Path;
import org.cloudos.cli.fs.VolumeWork;
import picocli.CommandLine;
import picocli.CommandLine.Command;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Model.CommandSpec;
import picocli.CommandLine.Option;
import picocli.CommandLine.Parameters;
import picocli.CommandLine.Spec;

/** Snapshots of a volume, mounted or not. */
@Command(name = "snapshot", header = "Lists, makes, deletes, clones and rolls back to snapshots.", synopsisSubcommandLabel = "COMMAND")
final class FsSnapshotCommand implements Runnable {
    private final Console console;
    @Spec private CommandSpec spec;

    FsSnapshotCommand(Console console) {
        this.console = console;
    }

    @Override public void run() {
        throw new CommandLine.ParameterException(spec.commandLine(), "Expected one of: " + String.join(", ", spec.subcommands().keySet()));
    }

    @Command(name = "list", header = "Lists a volume's snapshots.")
    int list(@Parameters(paramLabel = "IMAGE") Path place, @Mixin FsVolumeOptions options) throws IOException {
        return work(place, options, "snapshots");
    }

    @Command(name = "create", header = "Keeps the files as they are now.")
    int create(@Parameters(paramLabel = "IMAGE") Path place, @Parameters(paramLabel = "NAME") String name, @Mixin FsVolumeOptions options)
            throws IOException {
        return work(place, options, "snapshot", "name", name);
    }

    @Command(name = "delete", header = "Forgets a snapshot or clone.")
    int delete(@Parameters(paramLabel = "IMAGE") Path place, @Parameters(paramLabel = "NAME") String name, @Mixin FsVolumeOptions options)
            throws IOException {
        return work(place, options, "delete", "name", name);
    }

    @Command(name = "clone", header = "A writable copy of a snapshot.")
    int copy(@Parameters(paramLabel = "IMAGE") Path place, @Parameters(paramLabel = "SNAPSHOT") String snapshot,
            @Parameters(paramLabel = "NAME") String name, @Mixin FsVolumeOptions options) throws IOException {
        return work(place, options, "clone", "snapshot", snapshot, "name", name);
    }

    @Command(name = "rollback", header = "The volume's files become what they were in a snapshot; not while programs have files open.")
    int rollback(@Parameters(paramLabel = "IMAGE") Path place, @Parameters(paramLabel = "SNAPSHOT") String snapshot,
            @Option(names = "--keep", paramLabel = "NAME", description = "Keep what they are now, as a snapshot.") String keep,
            @Mixin FsVolumeOptions options) throws IOException {
        return work(place, options, "rollback", "snapshot", snapshot, "keep", keep);
    }

    private int work(Path place, FsVolumeOptions options, String what, String... arguments) throws IOException {
        VolumeWork work = options.work(console);
        work.show(work.run(place, null, null, null, what, arguments), options.json());
        return Failure.OK;
    }
}
