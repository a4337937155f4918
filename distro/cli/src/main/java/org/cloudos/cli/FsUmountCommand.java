package org.cloudos.cli;

import java.io.IOException;
import java.nio.file.Path;
import java.util.Optional;
import java.util.concurrent.Callable;
import java.util.concurrent.TimeUnit;
import org.cloudos.cli.fs.Mounted;
import org.cloudos.linux.LinuxException;
import org.cloudos.linux.ffm.MountCalls;
import picocli.CommandLine.Command;
import picocli.CommandLine.Option;
import picocli.CommandLine.Parameters;

/** Unmounts, and waits until the image is closed. */
@Command(name = "umount", header = "Unmounts a volume, and waits until its image is closed.")
final class FsUmountCommand implements Callable<Integer> {
    private static final int EBUSY = 16, PATIENCE_SECONDS = 120;
    private final Console console;

    @Parameters(paramLabel = "FOLDER", description = "Where it is mounted; or its image.")
    private Path place;

    @Option(names = "--force", description = "Also while programs use it: they get errors from then on.")
    private boolean force;

    FsUmountCommand(Console console) {
        this.console = console;
    }

    @Override public Integer call() throws IOException, InterruptedException {
        Optional<Mounted> mounted = Mounted.find(place);
        if (mounted.isEmpty() && !Mounted.isInTree(place)) { // what else is mounted there is not ours to end
            throw new Failure(place + ": expected a folder with a volume, or an image that is mounted, found neither", "./cloudos fs list shows them");
        }
        String folder = mounted.map(Mounted::folder).orElse(place.toAbsolutePath().normalize().toString());
        try {
            new MountCalls().unmount(folder, force && mounted.isEmpty());
        } catch (LinuxException e) {
            if (force && e.errno() == EBUSY && mounted.isPresent()) {
                ProcessHandle.of(mounted.get().pid()).ifPresent(ProcessHandle::destroy); // ends in order: what the kernel holds back is written
            } else {
                throw new Failure(e.getMessage(), e.errno() == EBUSY ? "Programs use it; --force unmounts all the same" : "");
            }
        }
        if (mounted.isPresent()) {
            try (Progress progress = console.progress("Closing " + mounted.get().images().getFirst())) {
                ended(mounted.get());
                progress.done("");
            }
        }
        return Failure.OK;
    }

    private static void ended(Mounted mounted) throws InterruptedException {
        for (long end = System.nanoTime() + TimeUnit.SECONDS.toNanos(PATIENCE_SECONDS); mounted.alive(); Thread.sleep(20)) {
            if (System.nanoTime() > end) {
                throw new Failure("Process " + mounted.pid() + " still has the image open after " + PATIENCE_SECONDS + " s", "Its log: " + mounted.log());
            }
        }
    }
}
