package org.cloudos.cli;

import java.nio.file.Path;
import org.cloudos.cli.fs.VolumeWork;
import picocli.CommandLine.Option;

/** What commands on volumes have in common. */
final class FsVolumeOptions {
    @Option(names = "--mirror", paramLabel = "IMAGE", description = "The second of a mirrored volume that is not mounted.")
    private Path mirror;

    @Option(names = "--passphrase-file", paramLabel = "FILE", description = "Of an encrypted volume that is not mounted.")
    private Path passphrase;

    @Option(names = "--degraded", description = "Of a mirrored volume that is not mounted, this device is to go on alone.")
    private boolean degraded;

    @Option(names = "--json", description = "As JSON.")
    private boolean json;

    boolean json() {
        return json;
    }

    VolumeWork work(Console console) {
        return new VolumeWork(console, mirror, passphrase, degraded);
    }
}
