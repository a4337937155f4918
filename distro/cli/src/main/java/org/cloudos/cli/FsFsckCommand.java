package org.cloudos.cli;

import java.io.IOException;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.concurrent.Callable;
import org.cloudos.cli.fs.Images;
import org.cloudos.cli.fs.Mounted;
import org.cloudos.cli.fs.Passphrase;
import org.cloudos.cli.fs.Sizes;
import org.cloudos.fs.FsException;
import org.cloudos.fs.cloudfs.CloudFs;
import org.cloudos.fs.volume.CheckReport;
import picocli.CommandLine.Command;
import picocli.CommandLine.Option;
import picocli.CommandLine.Parameters;

/** Checks a volume that is not mounted. Shows what a repair would do before it does it. */
@Command(name = "fsck", header = "Checks a volume that is not mounted: says what is wrong and what would help, and with --repair does that.",
        footer = {"", "Exit codes: 0 the volume is clean, or was repaired; 1 it is not."})
final class FsFsckCommand implements Callable<Integer> {
    private final Console console;

    @Parameters(paramLabel = "IMAGE", description = "File or block device.")
    private Path image;

    @Option(names = "--mirror", paramLabel = "IMAGE", description = "The second of a mirrored volume.")
    private Path mirror;

    @Option(names = "--data", description = "Also check all data against its checksums.")
    private boolean data;

    @Option(names = "--repair", description = "Do what helps.")
    private boolean repair;

    @Option(names = "--passphrase-file", paramLabel = "FILE", description = "Of an encrypted volume.")
    private Path passphrase;

    @Option(names = "--json", description = "As JSON.")
    private boolean json;

    FsFsckCommand(Console console) {
        this.console = console;
    }

    @Override public Integer call() throws IOException {
        Mounted.refuse(image);
        List<Path> paths = new ArrayList<>(List.of(image));
        if (mirror != null) {
            paths.add(mirror);
        }
        try (Images images = Images.open(paths, !repair); CloudFs cloud = new CloudFs()) {
            char[] secret = Passphrase.of(passphrase);
            CheckReport report;
            try (Progress progress = console.progress("Checking " + image)) {
                report = cloud.volumes().check(images.devices(), secret, data, (step, done, total) -> progress.step(step + share(done, total)));
                progress.done("");
            }
            show(report);
            if (report.clean() || !repair) {
                return report.clean() ? Failure.OK : Failure.FAILED;
            }
            try (Progress progress = console.progress("Repairing " + image)) {
                report = cloud.volumes().repair(images.devices(), secret, report, (step, done, total) -> progress.step(step + share(done, total)));
                progress.done("");
            }
            show(report);
            return report.clean() ? Failure.OK : Failure.FAILED;
        } catch (FsException e) {
            throw new Failure(e.getMessage());
        }
    }

    private static String share(long done, long total) {
        return total > 0 ? " " + 100 * done / total + " %" : "";
    }

    private void show(CheckReport report) {
        if (json) {
            console.json(Map.of("volume", report.volume().toString(), "generation", report.generation(), "clean", report.clean(), "replayed",
                    report.replayed(), "nodes", report.nodes(), "files", report.files(), "dataBytes", report.dataBytes(), "problems", report.problems()));
            return;
        }
        for (CheckReport.Problem p : report.problems()) {
            console.print(p.what() + "\n    " + (p.remedy().isEmpty() ? "nothing can be done" : (p.loss() ? "repair, with loss: " : "repair: ") + p.remedy()));
        }
        console.print(report.files() + " files, " + report.nodes() + " tree nodes" + (data ? ", " + Sizes.human(report.dataBytes()) + " of data" : "") + ": "
                + (report.clean() ? "clean" : report.problems().size() + " problems"));
    }
}
