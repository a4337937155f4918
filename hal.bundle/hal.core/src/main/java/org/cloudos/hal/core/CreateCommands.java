package org.cloudos.hal.core;

import java.io.IOException;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.stream.Collectors;
import org.apache.felix.service.command.Descriptor;
import org.apache.felix.service.command.annotations.GogoCommand;
import org.cloudos.hal.block.BlockDriver;
import org.cloudos.hal.net.NetDriver;
import org.cloudos.shell.Example;
import org.osgi.framework.BundleContext;
import org.osgi.framework.InvalidSyntaxException;
import org.osgi.framework.ServiceReference;
import org.osgi.service.component.annotations.Activate;
import org.osgi.service.component.annotations.Component;

/** Devices that are made of something else, for a person. */
@Component(service = CreateCommands.class)
@GogoCommand(scope = "hal", function = {"kinds", "create", "remove"})
public final class CreateCommands {
    private final BundleContext context;

    /** A line of hal:kinds. */
    public record Kind(String kind, String makes, String options) { }

    /** Makes and ends devices of a kind. */
    private interface Maker {
        void create(String name, Map<String, String> options) throws IOException;

        boolean remove(String name);
    }

    @Activate public CreateCommands(BundleContext context) {
        this.context = context;
    }

    private <T> Map<String, T> drivers(Class<T> type, String property) {
        try {
            Map<String, T> all = new LinkedHashMap<>();
            for (ServiceReference<T> reference : context.getServiceReferences(type, null)) {
                T driver = context.getService(reference);
                if (driver != null) {
                    all.put(String.valueOf(reference.getProperty(property)), driver);
                }
            }
            return all;
        } catch (InvalidSyntaxException e) {
            throw new AssertionError("no filter", e);
        }
    }

    private Map<String, Maker> makers() {
        Map<String, Maker> all = new LinkedHashMap<>();
        drivers(BlockDriver.class, BlockDriver.KIND).forEach((kind, driver) -> all.put(kind, new Maker() {
            @Override public void create(String name, Map<String, String> options) throws IOException {
                driver.create(name, options);
            }

            @Override public boolean remove(String name) {
                return driver.remove(name);
            }
        }));
        drivers(NetDriver.class, NetDriver.KIND).forEach((kind, driver) -> all.put(kind, new Maker() {
            @Override public void create(String name, Map<String, String> options) throws IOException {
                driver.create(name, options);
            }

            @Override public boolean remove(String name) {
                return driver.remove(name);
            }
        }));
        return all;
    }

    /** Lists kinds. */
    @Descriptor("kinds of devices that can be made, and their options")
    @Example("hal:kinds")
    public List<Kind> kinds() {
        List<Kind> all = new ArrayList<>();
        drivers(BlockDriver.class, BlockDriver.KIND).forEach((kind, driver) -> all.add(new Kind(kind, "block device", text(driver.options()))));
        drivers(NetDriver.class, NetDriver.KIND).forEach((kind, driver) -> all.add(new Kind(kind, "network device", text(driver.options()))));
        return all;
    }

    private static String text(Map<String, String> options) {
        return options.entrySet().stream().sorted(Map.Entry.comparingByKey()).map(e -> e.getKey() + ": " + e.getValue()).collect(Collectors.joining("; "));
    }

    /** Makes a device. */
    @Descriptor("makes a device of memory, a file or an interface of Linux; it lasts until hal:remove or the end of its driver")
    @Example({"hal:create ram disk0 size=64M", "hal:create tap tap0 up=true", "hal:create packet wire0 interface=eth1"})
    public String create(@Descriptor("a kind of hal:kinds") String kind, @Descriptor("the new device's name") String name,
            @Descriptor("options, each NAME=VALUE") String... options) throws IOException {
        Map<String, Maker> makers = makers();
        if (!makers.containsKey(kind)) {
            throw new IllegalArgumentException("expected a kind of " + makers.keySet() + ", found " + kind);
        }
        Map<String, String> by = new LinkedHashMap<>();
        for (String option : options) {
            int equals = option.indexOf('=');
            if (equals < 1) {
                throw new IllegalArgumentException("option: expected NAME=VALUE, found " + option);
            }
            by.put(option.substring(0, equals), option.substring(equals + 1));
        }
        makers.get(kind).create(name, by);
        return name + " is there";
    }

    /** Ends a device. */
    @Descriptor("ends a device that hal:create made")
    @Example("hal:remove tap0")
    public String remove(@Descriptor("its name") String name) {
        for (Maker maker : makers().values()) {
            if (maker.remove(name)) {
                return name + " is gone";
            }
        }
        throw new IllegalArgumentException("expected a device that hal:create made, found " + name);
    }
}
