package org.cloudos.cli;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.UUID;
import java.util.concurrent.Callable;
import org.cloudos.cli.fs.Images;
import org.cloudos.cli.fs.Passphrase;
import org.cloudos.cli.fs.Sizes;
import org.cloudos.fs.AttributeChange;
import org.cloudos.fs.Errno;
import org.cloudos.fs.FileSystem;
import org.cloudos.fs.FsException;
import org.cloudos.fs.cloudfs.CloudFs;
import org.cloudos.fs.volume.FormatOptions;
import org.cloudos.hal.block.BlockException;
import picocli.CommandLine.Command;
import picocli.CommandLine.Option;
import picocli.CommandLine.Parameters;

/** Makes a volume. */
@Command(name = "mkfs", header = "Makes a volume in a file, which is made where --size is given, or on a block device.")
final class FsMkfsCommand implements Callable<Integer> {
    private final Console console;

    @Parameters(paramLabel = "IMAGE", description = "File or block device.")
    private Path image;

    @Option(names = "--size", paramLabel = "SIZE", description = "Make the file, of so many bytes, such as 10G; it takes space as it is written.")
    private String size;

    @Option(names = "--mirror", paramLabel = "IMAGE", description = "A second file or device, that holds all as well.")
    private Path mirror;

    @Option(names = "--label", description = "The volume's name.", defaultValue = "")
    private String label;

    @Option(names = "--compression", paramLabel = "CODEC", description = "Of all files: none, lz4 or zstd (default: ${DEFAULT-VALUE}).", defaultValue = "none")
    private String compression;

    @Option(names = "--checksum", paramLabel = "SUM", description = "Of data and metadata: crc32c or sha256 (default: ${DEFAULT-VALUE}).",
            defaultValue = "crc32c")
    private String checksum;

    @Option(names = "--passphrase-file", paramLabel = "FILE", description = "Encrypt the volume; the passphrase is the file's first line.")
    private Path passphrase;

    @Option(names = "--force", description = "Also over a volume that is there.")
    private boolean force;

    @Option(names = "--json", description = "As JSON.")
    private boolean json;

    FsMkfsCommand(Console console) {
        this.console = console;
    }

    @Override public Integer call() throws IOException {
        List<Path> paths = new ArrayList<>(List.of(image));
        if (mirror != null) {
            paths.add(mirror);
        }
        List<Path> made = new ArrayList<>();
        try {
            for (Path path : paths) {
                if (!Files.exists(path)) {
                    if (size == null) {
                        throw Failure.usage("There is no " + path, "--size makes it");
                    }
                    long bytes = Sizes.parse(size);
                    made.add(path);
                    Images.create(path, bytes);
                } else if (size != null && !force) {
                    throw Failure.usage(path + " is there: expected a new file with --size", "without --size, or with --force, it is used as it is");
                }
            }
            UUID volume = format(paths);
            console.say("Volume " + volume + " is made");
            if (json) {
                console.json(Map.of("volume", volume.toString()));
            }
            return Failure.OK;
        } catch (FsException | BlockException | Failure e) {
            for (Path path : made) {
                Files.deleteIfExists(path);
            }
            if (e instanceof FsException.Refused refused && refused.errno() == Errno.EEXIST) {
                throw new Failure(e.getMessage(), "--force makes a new one over it: what it holds is lost");
            }
            throw e instanceof Failure f ? f : new Failure(e.getMessage());
        }
    }

    private UUID format(List<Path> paths) throws IOException {
        try (Images images = Images.open(paths, false); CloudFs cloud = new CloudFs()) {
            UUID volume = cloud.volumes().format(images.devices(), new FormatOptions(label, Passphrase.of(passphrase), compression, force,
                    checksum.equals("crc32c") ? Set.of() : Set.of(checksum)));
            own(cloud, images);
            return volume;
        }
    }

    /** The volume's root folder belongs to who made it: a user could not use his own volume else. */
    private void own(CloudFs cloud, Images images) throws IOException {
        Path self = Path.of("/proc/self");
        int uid = (Integer) Files.getAttribute(self, "unix:uid"), gid = (Integer) Files.getAttribute(self, "unix:gid");
        if (uid != 0 || gid != 0) {
            String open = cloud.volumes().open(images.devices(), passphrase == null ? Map.of() : Map.of("passphrase-file", passphrase.toString()));
            cloud.files(open).set(FileSystem.ROOT, AttributeChange.owner(uid, gid));
            cloud.type().close(open, true);
        }
    }
}
