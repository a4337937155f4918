package org.cloudos.cli;

import java.io.BufferedInputStream;
import java.io.IOException;
import java.io.InputStream;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.concurrent.Callable;
import org.cloudos.cli.fs.VolumeWork;
import picocli.CommandLine.Command;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Option;
import picocli.CommandLine.Parameters;

/** Makes a snapshot from a stream. */
@Command(name = "receive", header = "Makes a snapshot from a stream, of a file or standard input.")
final class FsReceiveCommand implements Callable<Integer> {
    private final Console console;

    @Parameters(index = "0", paramLabel = "IMAGE", description = "Image or folder.")
    private Path place;

    @Option(names = "--name", paramLabel = "NAME", description = "Of the new snapshot (default: as at the sender).")
    private String name;

    @Option(names = "--from", paramLabel = "FILE", description = "From a file.")
    private Path file;

    @Mixin private FsVolumeOptions options;

    FsReceiveCommand(Console console) {
        this.console = console;
    }

    @Override public Integer call() throws IOException {
        if (file != null && !Files.exists(file)) {
            throw new Failure("There is no " + file, "--from takes a stream that ./cloudos fs send wrote");
        }
        VolumeWork work = options.work(console);
        try (InputStream in = new BufferedInputStream(file == null ? System.in : Files.newInputStream(file), 1 << 16)) {
            work.show(work.run(place, "Receiving", in, null, "receive", "name", name), options.json());
        }
        return Failure.OK;
    }
}
