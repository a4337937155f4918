package org.cloudos.fs.tools;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import org.cloudos.fs.fuse.FuseExports;
import org.cloudos.fs.volume.Volumes;
import org.cloudos.hal.block.BlockDevice;
import org.osgi.framework.BundleContext;
import org.osgi.service.component.annotations.Activate;
import org.osgi.service.component.annotations.Component;
import org.osgi.service.component.annotations.Deactivate;
import org.osgi.service.component.annotations.Reference;
import org.osgi.service.component.annotations.ReferenceCardinality;
import org.osgi.service.component.annotations.ReferencePolicy;
import org.osgi.service.log.Logger;
import org.osgi.service.log.LoggerFactory;

/**
 * Volumes that are in Linux's tree from the start on. The framework property {@code cloudos.fuse.mounts} has them, separated by
 * semicolons, as fstab(5) has lines: {@code DEVICE[,DEVICE] FOLDER [NAME[=VALUE],...]}; options are those of {@code volume:open} and
 * {@code fuse:mount}. Each is opened and mounted once, when its devices are there; the folder is made. What can't be mounted is logged.
 */
@Component(service = LinuxMounts.class, immediate = true)
public final class LinuxMounts {
    static final String PROPERTY = "cloudos.fuse.mounts";

    /** One to be made. */
    record Wanted(List<String> devices, Path folder, Map<String, String> options) {
        static List<Wanted> parse(String text) {
            List<Wanted> all = new ArrayList<>();
            for (String line : text.split(";")) {
                String[] words = line.strip().split("\\s+");
                if (words.length == 2 || words.length == 3) {
                    all.add(new Wanted(List.of(words[0].split(",")), Path.of(words[1]),
                            words.length == 2 ? Map.of() : Arguments.options(List.of(words[2].split(",")))));
                } else if (!line.isBlank()) {
                    throw new IllegalArgumentException(PROPERTY + ": expected DEVICE FOLDER [OPTIONS], found \"" + line.strip() + "\"");
                }
            }
            return all;
        }
    }

    private final Volumes volumes;
    private final FuseExports exports;
    private final Logger log;
    /** Makes the mounts, one after the other; whoever registers a device doesn't wait. */
    private final ExecutorService worker = Executors.newSingleThreadExecutor(Thread.ofPlatform().daemon().name("fuse mounts").factory());
    private final List<Wanted> waiting = new ArrayList<>(); // the worker's
    private final Map<String, BlockDevice> devices = new HashMap<>(); // the worker's

    @Activate
    public LinuxMounts(BundleContext context, @Reference(target = "(fs.type=cloudfs)") Volumes volumes, @Reference FuseExports exports,
            @Reference(service = LoggerFactory.class) Logger log) {
        this.volumes = volumes;
        this.exports = exports;
        this.log = log;
        String text = context.getProperty(PROPERTY);
        try {
            waiting.addAll(Wanted.parse(text == null ? "" : text));
        } catch (IllegalArgumentException e) {
            log.error(e.getMessage());
        }
    }

    /** A device and the layer before it have one name; the layer's comes later. */
    @Reference(cardinality = ReferenceCardinality.MULTIPLE, policy = ReferencePolicy.DYNAMIC, target = "(&(block.name=*)(block.layer=*))")
    void addDevice(BlockDevice device) {
        worker.execute(() -> {
            devices.put(device.name(), device);
            waiting.removeIf(w -> devices.keySet().containsAll(w.devices) && tried(w));
        });
    }

    void removeDevice(BlockDevice device) {
        worker.execute(() -> devices.remove(device.name(), device));
    }

    private boolean tried(Wanted wanted) {
        Map<String, String> opening = new HashMap<>(wanted.options);
        Map<String, String> mounting = new HashMap<>(wanted.options);
        opening.keySet().removeIf(name -> exports.options().containsKey(name) && !name.equals("ro"));
        mounting.keySet().removeIf(name -> !exports.options().containsKey(name));
        try {
            Files.createDirectories(wanted.folder);
            String volume = volumes.open(wanted.devices.stream().map(devices::get).toList(), opening);
            exports.mount(volume, wanted.folder.toString(), mounting);
        } catch (IOException | IllegalArgumentException e) {
            log.error("{} is not mounted on {}: {}", String.join(",", wanted.devices), wanted.folder, e.getMessage());
        }
        return true;
    }

    @Deactivate
    void stop() {
        worker.shutdownNow();
    }
}
