package org.cloudos.fs.tools;

import java.io.IOException;
import java.nio.channels.FileChannel;
import java.nio.file.Path;
import java.nio.file.StandardOpenOption;
import java.time.Instant;
import java.util.ArrayList;
import java.util.List;
import java.util.Set;
import org.apache.felix.service.command.Descriptor;
import org.apache.felix.service.command.Parameter;
import org.apache.felix.service.command.annotations.GogoCommand;
import org.cloudos.fs.FileSystem;
import org.cloudos.fs.FileSystemType;
import org.cloudos.fs.Space;
import org.cloudos.fs.volume.CheckReport;
import org.cloudos.fs.volume.FormatOptions;
import org.cloudos.fs.volume.Progress;
import org.cloudos.fs.volume.Snapshot;
import org.cloudos.fs.volume.Snapshots;
import org.cloudos.fs.volume.Upkeep;
import org.cloudos.fs.volume.Volumes;
import org.cloudos.hal.block.BlockDevice;
import org.cloudos.shell.Column;
import org.cloudos.shell.Example;
import org.cloudos.shell.Json;
import org.osgi.service.component.annotations.Activate;
import org.osgi.service.component.annotations.Component;
import org.osgi.service.component.annotations.Reference;
import org.osgi.service.component.annotations.ReferenceCardinality;
import org.osgi.service.component.annotations.ReferencePolicy;

/** Volumes of CloudFS: make, open, check, snapshots, care. */
@Component(service = VolumeCommands.class)
@GogoCommand(scope = "volume", function = {"format", "open", "close", "list", "check", "snapshots", "snapshot", "forget", "copy", "rollback", "send",
    "receive", "scrub", "trim", "statistics"})
public final class VolumeCommands {
    private static final String CLOUDFS = "(fs.type=cloudfs)";
    private final Volumes volumes;
    private final Snapshots snapshots;
    private final Upkeep upkeep;
    private final FileSystemType type;
    @Reference(cardinality = ReferenceCardinality.MULTIPLE, policy = ReferencePolicy.DYNAMIC, target = "(block.name=*)")
    private volatile List<BlockDevice> devices;
    @Reference(cardinality = ReferenceCardinality.MULTIPLE, policy = ReferencePolicy.DYNAMIC)
    private volatile List<FileSystem> open;

    /** An open volume. */
    public record Line(String volume, String type, String label, @Column(unit = Column.Unit.BYTES) long size,
            @Column(unit = Column.Unit.BYTES) long free, boolean readOnly) { }

    /** A snapshot. */
    public record Kept(String name, Instant created, boolean writable, long number, long parent) { }

    /** A counter. */
    public record Count(String name, long value) { }

    /** Made when a command runs first. */
    @Activate
    public VolumeCommands(@Reference(target = CLOUDFS) Volumes volumes, @Reference(target = CLOUDFS) Snapshots snapshots,
            @Reference(target = CLOUDFS) Upkeep upkeep, @Reference(target = CLOUDFS) FileSystemType type) {
        this.volumes = volumes;
        this.snapshots = snapshots;
        this.upkeep = upkeep;
        this.type = type;
    }

    /** One or two devices, separated by a comma; the layer before a device is the later of the two with its name. */
    private List<BlockDevice> devices(String names) {
        List<BlockDevice> found = new ArrayList<>();
        for (String name : names.split(",")) {
            List<BlockDevice> all = devices.stream().filter(d -> d.name().equals(name)).toList();
            if (all.isEmpty()) {
                throw new IllegalArgumentException("device: expected one of block:list, found " + name);
            }
            found.add(all.getLast());
        }
        return found;
    }

    /** Makes a volume. */
    @Descriptor("makes a volume on a block device, or on two that mirror each other")
    @Example({"volume:format disk0", "volume:format --compression zstd --label data nvme0n1,nvme1n1"})
    public String format(@Parameter(names = "--label", absentValue = "") @Descriptor("its name") String label,
            @Parameter(names = "--compression", absentValue = "none") @Descriptor("none, lz4 or zstd") String compression,
            @Parameter(names = "--force", presentValue = "true", absentValue = "false") @Descriptor("also over a volume that is there") boolean force,
            @Descriptor("from block:list; two, separated by a comma, mirror each other") String device) throws IOException {
        return volumes.format(devices(device), new FormatOptions(label, null, compression, force, Set.of())).toString();
    }

    /** Opens a volume. */
    @Descriptor("opens a volume; its identity is what the other commands take")
    @Example({"volume:open disk0", "volume:open disk0 ro memory=32m"})
    public String open(@Descriptor("from block:list") String device, @Descriptor("ro, memory=64m, commit=5, discard, passphrase-file=PATH") String... options)
            throws IOException {
        return volumes.open(devices(device), Arguments.options(List.of(options)));
    }

    /** Closes a volume. */
    @Descriptor("closes a volume")
    @Example("volume:close 9100e1e8-8ebd-4b78-b9e3-c726a7fb3938")
    public void close(@Parameter(names = "--force", presentValue = "true", absentValue = "false") @Descriptor("also while files are open") boolean force,
            @Descriptor("its identity") String volume) throws IOException {
        type.close(volume, force);
    }

    /** Open volumes. */
    @Descriptor("the open volumes, of every type")
    @Example("volume:list")
    public Object list(@Parameter(names = "--json", presentValue = "true", absentValue = "false") @Descriptor("print JSON") boolean json)
            throws IOException {
        List<Line> lines = new ArrayList<>();
        for (FileSystem f : open) {
            Space s = f.space();
            lines.add(new Line(f.info().volume().toString(), f.info().type(), f.info().label(), s.bytes(), s.available(), f.info().readOnly()));
        }
        return Json.when(json, lines);
    }

    /** Checks a volume. */
    @Descriptor("checks a volume that is not open; fails when something is wrong")
    @Example({"volume:check disk0", "volume:check --repair disk0"})
    public String check(@Parameter(names = "--data", presentValue = "true", absentValue = "false") @Descriptor("also all data") boolean data,
            @Parameter(names = "--repair", presentValue = "true", absentValue = "false") @Descriptor("do what helps") boolean repair,
            @Descriptor("from block:list") String device) throws IOException {
        CheckReport report = volumes.check(devices(device), null, data, Progress.NONE);
        if (!report.clean() && repair) {
            report = volumes.repair(devices(device), null, report, Progress.NONE);
        }
        if (!report.clean()) {
            throw new IOException(report.problems().size() + " problems: "
                    + String.join("; ", report.problems().stream().map(CheckReport.Problem::what).toList()));
        }
        return report.files() + " files: clean";
    }

    /** A volume's snapshots. */
    @Descriptor("the snapshots of a volume")
    @Example("volume:snapshots 9100e1e8-8ebd-4b78-b9e3-c726a7fb3938")
    public Object snapshots(@Parameter(names = "--json", presentValue = "true", absentValue = "false") @Descriptor("print JSON") boolean json,
            @Descriptor("its identity") String volume) throws IOException {
        return Json.when(json, snapshots.list(volume).stream().map(VolumeCommands::kept).toList());
    }

    private static Kept kept(Snapshot s) {
        return new Kept(s.name(), Instant.ofEpochSecond(s.created() / 1_000_000_000), s.writable(), s.number(), s.parent());
    }

    /** Makes a snapshot. */
    @Descriptor("keeps a volume's files as they are now")
    @Example("volume:snapshot 9100e1e8-8ebd-4b78-b9e3-c726a7fb3938 before")
    public void snapshot(@Descriptor("its identity") String volume, @Descriptor("a new name") String name) throws IOException {
        snapshots.create(volume, name);
    }

    /** Deletes a snapshot. */
    @Descriptor("forgets a snapshot or clone")
    @Example("volume:forget 9100e1e8-8ebd-4b78-b9e3-c726a7fb3938 before")
    public void forget(@Descriptor("its identity") String volume, @Descriptor("of the snapshot") String name) throws IOException {
        snapshots.delete(volume, name);
    }

    /** Clones a snapshot. */
    @Descriptor("a writable copy of a snapshot")
    @Example("volume:copy 9100e1e8-8ebd-4b78-b9e3-c726a7fb3938 before trial")
    public void copy(@Descriptor("its identity") String volume, @Descriptor("of the snapshot") String snapshot, @Descriptor("a new name") String name)
            throws IOException {
        snapshots.clone(volume, snapshot, name);
    }

    /** Rolls back. */
    @Descriptor("a volume's files become what they were in a snapshot")
    @Example("volume:rollback --keep now 9100e1e8-8ebd-4b78-b9e3-c726a7fb3938 before")
    public void rollback(@Parameter(names = "--keep", absentValue = "") @Descriptor("keep what they are now under this name") String keep,
            @Descriptor("its identity") String volume, @Descriptor("of the snapshot") String snapshot) throws IOException {
        snapshots.rollback(volume, snapshot, keep.isEmpty() ? null : keep);
    }

    /** Sends. */
    @Descriptor("writes a snapshot into a file as a stream")
    @Example("volume:send --since monday 9100e1e8-8ebd-4b78-b9e3-c726a7fb3938 tuesday /srv/tuesday.stream")
    public void send(@Parameter(names = "--since", absentValue = "") @Descriptor("only what differs from this one") String since,
            @Descriptor("its identity") String volume, @Descriptor("of the snapshot") String snapshot, @Descriptor("a new file") String file)
            throws IOException {
        try (FileChannel to = FileChannel.open(Path.of(file), StandardOpenOption.CREATE_NEW, StandardOpenOption.WRITE)) {
            snapshots.send(volume, snapshot, since.isEmpty() ? null : since, to, Progress.NONE);
        }
    }

    /** Receives. */
    @Descriptor("makes a snapshot from a file that volume:send wrote")
    @Example("volume:receive 9100e1e8-8ebd-4b78-b9e3-c726a7fb3938 /srv/tuesday.stream")
    public void receive(@Parameter(names = "--name", absentValue = "") @Descriptor("of the new snapshot") String name,
            @Descriptor("its identity") String volume, @Descriptor("the stream") String file) throws IOException {
        try (FileChannel from = FileChannel.open(Path.of(file), StandardOpenOption.READ)) {
            snapshots.receive(volume, from, name.isEmpty() ? null : name, Progress.NONE);
        }
    }

    /** Scrubs. */
    @Descriptor("reads everything against its checksums, and repairs what has a good copy")
    @Example("volume:scrub 9100e1e8-8ebd-4b78-b9e3-c726a7fb3938")
    public Object scrub(@Descriptor("its identity") String volume) throws IOException {
        return upkeep.scrub(volume, Progress.NONE);
    }

    /** Trims. */
    @Descriptor("tells the device what is free")
    @Example("volume:trim 9100e1e8-8ebd-4b78-b9e3-c726a7fb3938")
    public long trim(@Descriptor("its identity") String volume) throws IOException {
        return upkeep.trim(volume, Progress.NONE);
    }

    /** Counters. */
    @Descriptor("counters of an open volume")
    @Example("volume:statistics 9100e1e8-8ebd-4b78-b9e3-c726a7fb3938")
    public Object statistics(@Parameter(names = "--json", presentValue = "true", absentValue = "false") @Descriptor("print JSON") boolean json,
            @Descriptor("its identity") String volume) throws IOException {
        return Json.when(json, upkeep.statistics(volume).entrySet().stream().map(e -> new Count(e.getKey(), e.getValue())).toList());
    }
}
