package org.cloudos.fs.tools;

import java.io.IOException;
import java.nio.file.Files;
import java.util.ArrayList;
import java.util.List;
import java.util.Set;
import org.apache.felix.service.command.CommandSession;
import org.apache.felix.service.command.Descriptor;
import org.apache.felix.service.command.Parameter;
import org.apache.felix.service.command.annotations.GogoCommand;
import org.cloudos.fs.FileSystem;
import org.cloudos.fs.FileSystemType;
import org.cloudos.fs.Space;
import org.cloudos.fs.volume.CheckReport;
import org.cloudos.fs.volume.FormatOptions;
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

/** Volumes of CloudFS: make, open, check. */
@Component(service = VolumeCommands.class)
@GogoCommand(scope = "volume", function = {"format", "open", "close", "list", "check", "dump"})
public final class VolumeCommands {
    private static final String CLOUDFS = "(fs.type=cloudfs)";
    private final Volumes volumes;
    private final Upkeep upkeep;
    private final FileSystemType type;
    @Reference(cardinality = ReferenceCardinality.MULTIPLE, policy = ReferencePolicy.DYNAMIC, target = "(block.name=*)")
    private volatile List<BlockDevice> devices;
    @Reference(cardinality = ReferenceCardinality.MULTIPLE, policy = ReferencePolicy.DYNAMIC)
    private volatile List<FileSystem> open;

    /** An open volume. */
    public record Line(String volume, String type, String label, @Column(unit = Column.Unit.BYTES) long size,
            @Column(unit = Column.Unit.BYTES) long free, boolean readOnly, String health) { }

    /** Made when a command runs first. */
    @Activate
    public VolumeCommands(@Reference(target = CLOUDFS) Volumes volumes, @Reference(target = CLOUDFS) Upkeep upkeep,
            @Reference(target = CLOUDFS) FileSystemType type) {
        this.volumes = volumes;
        this.upkeep = upkeep;
        this.type = type;
    }

    private List<BlockDevice> devices(String names) {
        return NamedDevices.find(devices, names);
    }

    /** The first line of a file of Linux; null for no file. */
    private static char[] passphrase(CommandSession session, String file) throws IOException {
        if (file.isEmpty()) {
            return null;
        }
        String line = Files.readString(session.currentDir().resolve(file)).lines().findFirst().orElse("");
        if (line.isEmpty()) {
            throw new IOException(file + ": expected a passphrase in the first line, found nothing");
        }
        return line.toCharArray();
    }

    /** Makes a volume. */
    @Descriptor("makes a volume on a block device, or on two that mirror each other")
    @Example({"volume:format disk0", "volume:format --compression zstd --label data nvme0n1,nvme1n1", "volume:format --passphrase-file key disk0"})
    public String format(CommandSession session, @Parameter(names = "--label", absentValue = "") @Descriptor("its name") String label,
            @Parameter(names = "--compression", absentValue = "none") @Descriptor("none, lz4 or zstd") String compression,
            @Parameter(names = "--checksum", absentValue = "crc32c") @Descriptor("of data and metadata: crc32c or sha256") String checksum,
            @Parameter(names = "--passphrase-file", absentValue = "") @Descriptor("encrypts it; the passphrase is the file's first line") String secret,
            @Parameter(names = "--force", presentValue = "true", absentValue = "false") @Descriptor("also over a volume that is there") boolean force,
            @Descriptor("from block:list; two, separated by a comma, mirror each other") String device) throws IOException {
        return volumes.format(devices(device), new FormatOptions(label, passphrase(session, secret), compression, force,
                checksum.equals("crc32c") ? Set.of() : Set.of(checksum))).toString();
    }

    /** Opens a volume. */
    @Descriptor("opens a volume; its identity is what the other commands take. Of a mirror, says so where it lacks a device")
    @Example({"volume:open disk0", "volume:open disk0 ro memory=32m", "volume:open nvme0n1,nvme1n1", "volume:open nvme0n1 degraded"})
    public String open(CommandSession session, @Descriptor("from block:list; a mirror's two, separated by a comma") String device,
            @Descriptor("ro, memory=64m, commit=5, discard, passphrase-file=PATH, degraded, log=drop, force") String... options) throws IOException {
        String volume = volumes.open(devices(device), Arguments.options(List.of(options)));
        switch (MirrorCommands.health(upkeep, volume)) {
            case "degraded" -> session.getConsole().println("warning: the mirror goes on with one device; volume:attach gives it the other");
            case "behind" -> session.getConsole().println("warning: one device of the mirror is behind; volume:resync brings it up");
            default -> { }
        }
        return volume;
    }

    /** Closes a volume. */
    @Descriptor("closes a volume")
    @Example("volume:close 9100e1e8-8ebd-4b78-b9e3-c726a7fb3938")
    public void close(@Parameter(names = "--force", presentValue = "true", absentValue = "false") @Descriptor("also while files are open") boolean force,
            @Descriptor("its identity or label") String volume) throws IOException {
        type.close(OpenVolumes.identity(open, volume), force);
    }

    /** Open volumes. */
    @Descriptor("the open volumes, of every type")
    @Example("volume:list")
    public Object list(@Parameter(names = "--json", presentValue = "true", absentValue = "false") @Descriptor("print JSON") boolean json)
            throws IOException {
        List<Line> lines = new ArrayList<>();
        for (FileSystem f : open) {
            Space s = f.space();
            String volume = f.info().volume().toString(), health = f.info().type().equals("cloudfs") ? MirrorCommands.health(upkeep, volume) : "";
            lines.add(new Line(volume, f.info().type(), f.info().label(), s.bytes(), s.available(), f.info().readOnly(), health));
        }
        return Json.when(json, lines);
    }

    /** Checks a volume. */
    @Descriptor("checks a volume that is not open: says what is wrong and what would help, with --repair does that; fails unless it is clean then")
    @Example({"volume:check disk0", "volume:check --data --repair disk0"})
    public String check(CommandSession session,
            @Parameter(names = "--data", presentValue = "true", absentValue = "false") @Descriptor("also all data") boolean data,
            @Parameter(names = "--repair", presentValue = "true", absentValue = "false") @Descriptor("do what helps") boolean repair,
            @Parameter(names = "--passphrase-file", absentValue = "") @Descriptor("of an encrypted volume") String secret,
            @Descriptor("from block:list") String device) throws IOException {
        try (Bar bar = new Bar(session)) {
            char[] passphrase = passphrase(session, secret);
            CheckReport plan = volumes.check(devices(device), passphrase, data, bar);
            if (plan.clean()) {
                return plan.files() + " files: clean";
            }
            if (!repair) {
                throw new IOException(problems(plan));
            }
            CheckReport after = volumes.repair(devices(device), passphrase, plan, bar);
            if (!after.clean()) {
                throw new IOException("after the repair of " + problems(plan) + "\nthere are " + problems(after));
            }
            return "repaired " + problems(plan) + "\n" + after.files() + " files: clean";
        }
    }

    private static String problems(CheckReport report) {
        StringBuilder text = new StringBuilder().append(report.problems().size()).append(report.problems().size() == 1 ? " problem:" : " problems:");
        for (CheckReport.Problem p : report.problems()) {
            text.append("\n  ").append(p.what()).append(p.remedy().isEmpty() ? "" : " -> " + p.remedy()).append(p.loss() ? " (a loss)" : "");
        }
        return text.toString();
    }

    /** Looks into the format. */
    @Descriptor("shows the structures of a volume that is not open: a debugger for the format")
    @Example({"volume:dump disk0 superblocks", "volume:dump disk0 inode 6", "volume:dump nvme0n1,nvme1n1 superblocks"})
    public String dump(CommandSession session,
            @Parameter(names = "--passphrase-file", absentValue = "") @Descriptor("of an encrypted volume") String secret,
            @Descriptor("from block:list") String device,
            @Descriptor("superblocks, volumes, space, log, node ADDRESS, inode NUMBER, tree NUMBER") String... what) throws IOException {
        StringBuilder lines = new StringBuilder();
        char[] passphrase = passphrase(session, secret);
        for (BlockDevice each : devices(device)) {
            lines.append(device.contains(",") ? each.name() + ":\n" : "");
            volumes.dump(each, passphrase, String.join(" ", what), line -> lines.append(line).append('\n'));
        }
        return lines.toString().stripTrailing();
    }
}
