package org.cloudos.cli;

import java.io.BufferedOutputStream;
import java.io.FileDescriptor;
import java.io.FileOutputStream;
import java.io.IOException;
import java.io.OutputStream;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardCopyOption;
import java.util.concurrent.Callable;
import picocli.CommandLine.Command;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Option;
import picocli.CommandLine.Parameters;

/** Writes a snapshot as a stream. */
@Command(name = "send", header = "Writes a snapshot as a stream, to a file or to standard output.")
final class FsSendCommand implements Callable<Integer> {
    private final Console console;

    @Parameters(index = "0", paramLabel = "IMAGE", description = "Image or folder.")
    private Path place;

    @Parameters(index = "1", paramLabel = "SNAPSHOT", description = "What to send.")
    private String snapshot;

    @Option(names = "--since", paramLabel = "SNAPSHOT", description = "Only what differs from this earlier one.")
    private String since;

    @Option(names = "--to", paramLabel = "FILE", description = "Into a file.")
    private Path file;

    @Mixin private FsVolumeOptions options;

    FsSendCommand(Console console) {
        this.console = console;
    }

    @Override public Integer call() throws IOException {
        if (file == null && System.console() != null && System.console().isTerminal()) {
            throw Failure.usage("The stream would go to the terminal", "--to FILE, or a pipe");
        }
        if (file == null) {
            send(new FileOutputStream(FileDescriptor.out));
        } else if (Files.exists(file) && !Files.isRegularFile(file)) {
            send(Files.newOutputStream(file)); // a pipe
        } else {
            replace();
        }
        return Failure.OK;
    }

    /** What the file was stays until the stream is whole. */
    private void replace() throws IOException {
        Path draft = file.resolveSibling(file.getFileName() + ".new");
        try {
            send(Files.newOutputStream(draft));
            Files.move(draft, file, StandardCopyOption.REPLACE_EXISTING);
        } finally {
            Files.deleteIfExists(draft);
        }
    }

    private void send(OutputStream to) throws IOException {
        try (OutputStream out = new BufferedOutputStream(to, 1 << 16)) {
            options.work(console).run(place, "Sending " + snapshot, null, out, "send", "snapshot", snapshot, "since", since);
        }
    }
}
