package org.cloudos.drv.file;

import java.util.EnumSet;
import java.util.Hashtable;
import java.util.LinkedHashMap;
import java.util.Locale;
import java.util.Map;
import java.util.Set;
import org.cloudos.hal.block.BlockDevice;
import org.cloudos.hal.block.BlockDriver;
import org.cloudos.hal.block.BlockException;
import org.cloudos.linux.file.LinuxFiles;
import org.osgi.framework.BundleContext;
import org.osgi.framework.ServiceRegistration;
import org.osgi.service.component.annotations.Activate;
import org.osgi.service.component.annotations.Component;
import org.osgi.service.component.annotations.Deactivate;
import org.osgi.service.component.annotations.Reference;

/** Makes devices of files and of Linux's block devices. */
@Component(property = BlockDriver.KIND + "=file")
public final class FileDriver implements BlockDriver {
    private static final Map<String, String> OPTIONS = Map.of("path", "of a file or block device", "read-only", "true: writes are refused",
            "buffered", "true: through Linux's page cache", "threads", "true: no io_uring");

    private final BundleContext context;
    private final LinuxFiles files;
    private final Map<String, Opened> devices = new LinkedHashMap<>(); // guarded by this

    private record Opened(FileDevice device, ServiceRegistration<BlockDevice> service) { }

    @Activate
    public FileDriver(BundleContext context, @Reference LinuxFiles files) {
        this.context = context;
        this.files = files;
    }

    @Override public Map<String, String> options() {
        return OPTIONS;
    }

    @Override public synchronized void create(String name, Map<String, String> options) throws BlockException {
        for (String option : options.keySet()) {
            if (!OPTIONS.containsKey(option)) {
                throw new IllegalArgumentException("option: expected one of " + String.join(", ", OPTIONS.keySet()) + "; found " + option);
            }
        }
        if (!options.containsKey("path")) {
            throw new IllegalArgumentException("path: expected a file or block device, found nothing");
        }
        if (devices.containsKey(name)) {
            throw new IllegalArgumentException("name: expected a new one, found " + name);
        }
        FileDevice device = FileDevice.open(files, name, options.get("path"), chosen(options));
        devices.put(name, new Opened(device, context.registerService(BlockDevice.class, device, new Hashtable<>(Map.of(BlockDevice.NAME, name)))));
    }

    private static Set<FileDevice.Option> chosen(Map<String, String> options) {
        Set<FileDevice.Option> chosen = EnumSet.noneOf(FileDevice.Option.class);
        for (FileDevice.Option option : FileDevice.Option.values()) {
            String key = option.name().toLowerCase(Locale.ROOT).replace('_', '-');
            String value = options.getOrDefault(key, "false");
            if (!value.equals("true") && !value.equals("false")) {
                throw new IllegalArgumentException(key + ": expected true or false, found " + value);
            }
            if (value.equals("true")) {
                chosen.add(option);
            }
        }
        return chosen;
    }

    @Override public synchronized boolean remove(String name) {
        Opened opened = devices.remove(name);
        if (opened != null) {
            opened.service.unregister();
            opened.device.close();
        }
        return opened != null;
    }

    @Deactivate synchronized void close() {
        devices.values().forEach(o -> o.device.close());
        devices.clear();
    }
}
