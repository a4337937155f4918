package org.cloudos.fs.tools;

import java.io.IOException;
import java.time.Duration;
import java.util.Comparator;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.concurrent.ConcurrentSkipListMap;
import org.apache.felix.service.command.Descriptor;
import org.apache.felix.service.command.Parameter;
import org.apache.felix.service.command.annotations.GogoCommand;
import org.cloudos.hal.block.BlockDevice;
import org.cloudos.hal.block.BlockDriver;
import org.cloudos.hal.block.BlockGeometry;
import org.cloudos.hal.block.BlockLayer;
import org.cloudos.shell.Column;
import org.cloudos.shell.Example;
import org.cloudos.shell.Json;
import org.osgi.service.component.annotations.Activate;
import org.osgi.service.component.annotations.Component;
import org.osgi.service.component.annotations.Reference;
import org.osgi.service.component.annotations.ReferenceCardinality;
import org.osgi.service.component.annotations.ReferencePolicy;

/** Block devices: what there is, what it does, new ones. */
@Component(service = BlockCommands.class)
@GogoCommand(scope = "block", function = {"list", "stat", "create", "remove", "partitions", "policy", "cache"})
public final class BlockCommands {
    private final BlockLayer layer;
    @Reference(cardinality = ReferenceCardinality.MULTIPLE, policy = ReferencePolicy.DYNAMIC, target = "(block.name=*)")
    private volatile List<BlockDevice> devices;
    private final Map<String, BlockDriver> drivers = new ConcurrentSkipListMap<>();

    /** A device. */
    public record Device(String name, @Column(unit = Column.Unit.BYTES) long size, int block, boolean readOnly, boolean discard, String alignment) { }

    /** What it did; time is that in which requests were under way, wait their mean. */
    public record Work(String device, String policy, @Column(unit = Column.Unit.BYTES) long cache, long reads,
            @Column(unit = Column.Unit.BYTES) long read, long writes,
            @Column(unit = Column.Unit.BYTES) long written, long flushes, long merged, long failed, long waiting, Duration busy, Duration meanWait,
            @Column(unit = Column.Unit.BYTES) long dirty) { }

    /** A part of a device. */
    public record Part(String device, long first, @Column(unit = Column.Unit.BYTES) long size, String type, String label) { }

    /** Made when a command runs first. */
    @Activate
    public BlockCommands(@Reference BlockLayer layer) {
        this.layer = layer;
    }

    @Reference(cardinality = ReferenceCardinality.MULTIPLE, policy = ReferencePolicy.DYNAMIC)
    void addDriver(BlockDriver driver, Map<String, Object> properties) {
        drivers.put(String.valueOf(properties.get(BlockDriver.KIND)), driver);
    }

    void removeDriver(BlockDriver driver) {
        drivers.values().remove(driver);
    }

    /** All devices. */
    @Descriptor("the block devices: disks, their partitions, files, memory")
    @Example({"block:list", "block:list --json"})
    public Object list(@Parameter(names = "--json", presentValue = "true", absentValue = "false") @Descriptor("print JSON") boolean json) {
        Map<String, Device> byName = new LinkedHashMap<>(); // a device and the layer before it have one name
        for (BlockDevice d : devices) {
            BlockGeometry g = d.geometry();
            byName.put(d.name(), new Device(d.name(), g.bytes(), g.blockSize(), g.readOnly(), g.discard(), Integer.toString(g.alignment())));
        }
        return Json.when(json, byName.values().stream().sorted(Comparator.comparing(Device::name)).toList());
    }

    /** What devices did. */
    @Descriptor("what the block devices have done, and how their requests are ordered")
    @Example("block:stat")
    public Object stat(@Parameter(names = "--json", presentValue = "true", absentValue = "false") @Descriptor("print JSON") boolean json) {
        return Json.when(json, layer.statistics().stream().map(s -> {
            long requests = Math.max(1, s.reads() + s.writes() + s.flushes() + s.discards());
            return new Work(s.device(), s.policy(), s.cache(), s.reads(), s.readBytes(), s.writes(), s.writtenBytes(), s.flushes(), s.merged(),
                    s.failed(), s.waiting(), Duration.ofNanos(s.busyNanos()), Duration.ofNanos(s.waitNanos() / requests), s.dirty());
        }).toList());
    }

    /** Makes a device. */
    @Descriptor("makes a block device of memory or of a file")
    @Example({"block:create ram disk0 size=64M", "block:create file data path=/srv/data.img"})
    public void create(@Descriptor("ram or file") String kind, @Descriptor("a new name") String name,
            @Descriptor("option=value, see the error of a wrong one") String... options) throws IOException {
        BlockDriver driver = drivers.get(kind);
        if (driver == null) {
            throw new IllegalArgumentException("kind: expected one of " + String.join(", ", drivers.keySet()) + "; found " + kind);
        }
        driver.create(name, Arguments.options(List.of(options)));
    }

    /** Ends a device. */
    @Descriptor("ends a block device that block:create made")
    @Example("block:remove disk0")
    public void remove(@Descriptor("its name") String name) {
        if (drivers.values().stream().noneMatch(d -> d.remove(name))) {
            throw new IllegalArgumentException("name: expected a device that block:create made, found " + name);
        }
    }

    /** A device's partitions. */
    @Descriptor("the partitions of a block device, and what is wrong with its table")
    @Example("block:partitions nvme0n1")
    public Object partitions(@Parameter(names = "--json", presentValue = "true", absentValue = "false") @Descriptor("print JSON") boolean json,
            @Descriptor("its name") String device) throws IOException {
        BlockLayer.Partitions found = layer.partitions(device);
        if (found.partitions().isEmpty() && !found.problems().isEmpty()) {
            throw new IOException(device + ": " + String.join("; ", found.problems()));
        }
        int block = devices.stream().filter(d -> d.name().equals(device)).findFirst().map(d -> d.geometry().blockSize()).orElse(512);
        return Json.when(json, found.partitions().stream().map(p -> new Part(p.device(), p.first(), p.blocks() * block, p.type(), p.label())).toList());
    }

    /** Chooses the order of requests. */
    @Descriptor("chooses the order of a device's requests: none, or a policy such as deadline")
    @Example("block:policy nvme0n1 deadline")
    public void policy(@Descriptor("its name") String device, @Descriptor("none or a policy") String policy) {
        layer.policy(device, policy);
    }

    /** Gives a cache. */
    @Descriptor("gives a device a write-back cache of so many bytes, 0 for none")
    @Example("block:cache sda 64M")
    public void cache(@Descriptor("its name") String device, @Descriptor("such as 64M") String bytes) throws IOException {
        layer.cache(device, Arguments.bytes(bytes));
    }
}
