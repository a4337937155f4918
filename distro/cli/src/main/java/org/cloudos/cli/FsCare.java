package org.cloudos.cli;

import java.io.IOException;
import java.nio.file.Path;
import org.cloudos.cli.fs.Sizes;
import org.cloudos.cli.fs.VolumeWork;
import picocli.CommandLine.Command;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Option;
import picocli.CommandLine.Parameters;

/** Care for a volume, mounted or not. */
class FsCare {
    private final Console console;

    FsCare(Console console) {
        this.console = console;
    }

    @Command(name = "scrub", header = "Reads everything against its checksums, and repairs what has a good copy.")
    int scrub(@Parameters(paramLabel = "IMAGE") Path place, @Mixin FsVolumeOptions options) throws IOException {
        return work(place, "Scrubbing", options, "scrub");
    }

    @Command(name = "devices", header = "The devices of a volume: in step (has all), behind, left out (failed) or missing.")
    int devices(@Parameters(paramLabel = "IMAGE") Path place, @Mixin FsVolumeOptions options) throws IOException {
        return work(place, null, options, "devices");
    }

    @Command(name = "attach", header = "Gives a mirror the device that it lacks, or makes a volume a mirror, and brings the device up.",
            footer = {"", "With --instead a device of the volume leaves for it. The new one must be as large as the volume."})
    int attach(@Parameters(paramLabel = "IMAGE", description = "Of the volume, or its folder.") Path place,
            @Parameters(paramLabel = "NEW", description = "File or block device.") Path device,
            @Option(names = "--instead", paramLabel = "DEVICE", description = "Name or number of the one that leaves.") String instead,
            @Option(names = "--force", description = "Give up what stands on the new one.") boolean force, @Mixin FsVolumeOptions options) throws IOException {
        return work(place, "Bringing up " + device, options, "attach", "device", device.toAbsolutePath().toString(), "instead", instead, "force",
                Boolean.toString(force));
    }

    @Command(name = "detach", header = "A mirror goes on without a device, which keeps what it has.")
    int detach(@Parameters(paramLabel = "IMAGE") Path place, @Parameters(paramLabel = "DEVICE", description = "Name or number.") String device,
            @Mixin FsVolumeOptions options) throws IOException {
        return work(place, null, options, "detach", "device", device);
    }

    @Command(name = "resync", header = "Brings a mirror's device that is behind to have all.")
    int resync(@Parameters(paramLabel = "IMAGE") Path place, @Mixin FsVolumeOptions options) throws IOException {
        return work(place, "Bringing up", options, "resync");
    }

    @Command(name = "trim", header = "Tells the device what is free.")
    int trim(@Parameters(paramLabel = "IMAGE") Path place, @Mixin FsVolumeOptions options) throws IOException {
        return work(place, "Trimming", options, "trim");
    }

    @Command(name = "resize", header = "Grows or shrinks the volume; the device must be as large.")
    int resize(@Parameters(paramLabel = "IMAGE") Path place, @Parameters(paramLabel = "SIZE") String size, @Mixin FsVolumeOptions options)
            throws IOException {
        return work(place, "Resizing", options, "resize", "bytes", Long.toString(Sizes.parse(size)));
    }

    @Command(name = "defragment", header = "Writes a file's pieces, or those of a folder's files, in longer ones.")
    int defragment(@Parameters(paramLabel = "IMAGE") Path place, @Parameters(paramLabel = "PATH", description = "In the volume.") String path,
            @Mixin FsVolumeOptions options) throws IOException {
        return work(place, "Defragmenting", options, "defragment", "path", path);
    }

    @Command(name = "compression", header = "How a file, or new files of a folder, are written from now on.")
    int compression(@Parameters(paramLabel = "IMAGE") Path place, @Parameters(paramLabel = "PATH", description = "In the volume.") String path,
            @Parameters(paramLabel = "CODEC", description = "none, lz4, zstd or inherit.") String codec, @Mixin FsVolumeOptions options) throws IOException {
        return work(place, null, options, "compression", "path", path, "codec", codec);
    }

    @Command(name = "quota", header = "Limits all that a folder holds; shows the limits where no folder is given.",
            footer = {"", "Without --size and --files the folder's limits end."})
    int quota(@Parameters(paramLabel = "IMAGE") Path place,
            @Parameters(arity = "0..1", paramLabel = "PATH", description = "In the volume.") String path,
            @Option(names = "--size", paramLabel = "SIZE", description = "Bytes at most, 0 for no limit.") String size,
            @Option(names = "--files", paramLabel = "N", description = "Files and folders at most, 0 for no limit.", defaultValue = "0") long files,
            @Mixin FsVolumeOptions options) throws IOException {
        return path == null ? work(place, null, options, "quotas") : work(place, null, options, "quota", "path", path, "bytes",
                Long.toString(size == null || size.equals("0") ? 0 : Sizes.parse(size)), "nodes", Long.toString(files));
    }

    @Command(name = "statistics", header = "Counters of an open volume.")
    int statistics(@Parameters(paramLabel = "IMAGE") Path place, @Mixin FsVolumeOptions options) throws IOException {
        return work(place, null, options, "statistics");
    }

    private int work(Path place, String title, FsVolumeOptions options, String what, String... arguments) throws IOException {
        VolumeWork work = options.work(console);
        work.show(work.run(place, title, null, null, what, arguments), options.json());
        return Failure.OK;
    }
}
