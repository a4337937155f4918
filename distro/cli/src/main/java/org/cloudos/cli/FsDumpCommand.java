package org.cloudos.cli;

import java.io.IOException;
import java.nio.file.Path;
import java.util.List;
import java.util.concurrent.Callable;
import org.cloudos.cli.fs.Images;
import org.cloudos.cli.fs.Mounted;
import org.cloudos.cli.fs.Passphrase;
import org.cloudos.fs.FsException;
import org.cloudos.fs.cloudfs.CloudFs;
import picocli.CommandLine.Command;
import picocli.CommandLine.Option;
import picocli.CommandLine.Parameters;

/** Looks into the format. */
@Command(name = "dump", header = "Shows the structures of a volume that is not mounted: a debugger for the format.")
final class FsDumpCommand implements Callable<Integer> {
    private final Console console;

    @Parameters(index = "0", paramLabel = "IMAGE", description = "File or block device.")
    private Path image;

    @Parameters(index = "1..*", arity = "1..*", paramLabel = "WHAT",
            description = "superblocks, volumes, space, log, node ADDRESS, inode NUMBER, tree NUMBER.")
    private List<String> what;

    @Option(names = "--passphrase-file", paramLabel = "FILE", description = "Of an encrypted volume.")
    private Path passphrase;

    FsDumpCommand(Console console) {
        this.console = console;
    }

    @Override public Integer call() throws IOException {
        Mounted.refuse(image);
        try (Images images = Images.open(List.of(image), true); CloudFs cloud = new CloudFs()) {
            cloud.volumes().dump(images.devices().getFirst(), Passphrase.of(passphrase), String.join(" ", what), console::print);
            return Failure.OK;
        } catch (FsException e) {
            throw new Failure(e.getMessage());
        }
    }
}
