package org.cloudos.cli.fs;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.EnumSet;
import java.util.List;
import java.util.Set;
import org.cloudos.cli.Failure;
import org.cloudos.drv.file.FileDevice;
import org.cloudos.hal.block.BlockDevice;
import org.cloudos.hal.block.BlockException;
import org.cloudos.linux.ffm.FileCalls;

/** The files or devices of a volume: one, or two that mirror each other. */
public final class Images implements AutoCloseable {
    private final List<FileDevice> devices = new ArrayList<>();

    private Images() { }

    /** One more, that is locked until {@link #close} as well. */
    synchronized BlockDevice add(Path path) {
        Images one = open(List.of(path), false);
        devices.addAll(one.devices);
        return one.devices.getFirst();
    }

    /** Opens them; they are locked until {@link #close}. */
    public static Images open(List<Path> paths, boolean readOnly) {
        Images images = new Images();
        try {
            for (Path path : paths) {
                if (!Files.exists(path)) {
                    throw new Failure("There is no image " + path, "./cloudos fs mkfs " + path + " --size 1G makes one");
                }
                Set<FileDevice.Option> options = readOnly ? EnumSet.of(FileDevice.Option.READ_ONLY) : EnumSet.noneOf(FileDevice.Option.class);
                images.devices.add(FileDevice.open(new FileCalls(), path.getFileName().toString(), path.toAbsolutePath().toString(), options));
            }
            return images;
        } catch (BlockException e) {
            images.close();
            throw new Failure(e.getMessage());
        } catch (Failure e) {
            images.close();
            throw e;
        }
    }

    /** Looks how large they are now. */
    synchronized void refresh() throws BlockException {
        for (FileDevice device : devices) {
            device.refresh();
        }
    }

    /** Makes a file of so many bytes, which take space when they are written. */
    public static void create(Path path, long bytes) throws IOException {
        FileDevice.create(new FileCalls(), path.toAbsolutePath().toString(), bytes);
    }

    /** In the order of the paths. */
    public List<BlockDevice> devices() {
        return List.copyOf(devices);
    }

    @Override public void close() {
        devices.forEach(FileDevice::close);
    }
}
