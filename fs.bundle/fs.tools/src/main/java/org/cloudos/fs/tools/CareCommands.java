package org.cloudos.fs.tools;

import java.io.IOException;
import java.util.ArrayList;
import java.util.List;
import org.apache.felix.service.command.CommandSession;
import org.apache.felix.service.command.Descriptor;
import org.apache.felix.service.command.Parameter;
import org.apache.felix.service.command.annotations.GogoCommand;
import org.cloudos.fs.FileSystem;
import org.cloudos.fs.volume.Upkeep;
import org.cloudos.shell.Column;
import org.cloudos.shell.Example;
import org.cloudos.shell.Json;
import org.cloudos.shell.Suggest;
import org.osgi.service.component.annotations.Activate;
import org.osgi.service.component.annotations.Component;
import org.osgi.service.component.annotations.Reference;
import org.osgi.service.component.annotations.ReferenceCardinality;
import org.osgi.service.component.annotations.ReferencePolicy;

/** Care for volumes that are open and in use meanwhile. Paths are the volume's own. */
@Component(service = CareCommands.class)
@GogoCommand(scope = "volume", function = {"scrub", "trim", "resize", "defragment", "compression", "quota", "quotas", "statistics"})
public final class CareCommands {
    private final Upkeep upkeep;
    @Reference(cardinality = ReferenceCardinality.MULTIPLE, policy = ReferencePolicy.DYNAMIC, target = "(fs.type=cloudfs)")
    private volatile List<FileSystem> open;

    /** What a scrub did. */
    public record Scrubbed(@Column(unit = Column.Unit.BYTES) long checked, long repaired, long lost) { }

    /** What was told to the device. */
    public record Trimmed(@Column(unit = Column.Unit.BYTES) long told) { }

    /** Pieces that files are in. */
    public record Pieces(long before, long after) { }

    /** A quota; 0 is no limit. */
    public record Limit(String folder, @Column(unit = Column.Unit.BYTES) long used, @Column(unit = Column.Unit.BYTES) long limit, long files,
            long filesLimit) { }

    /** A counter. */
    public record Count(String name, long value) { }

    /** Made when a command runs first. */
    @Activate
    public CareCommands(@Reference(target = "(fs.type=cloudfs)") Upkeep upkeep) {
        this.upkeep = upkeep;
    }

    private String volume(String name) {
        return OpenVolumes.identity(open, name);
    }

    private long node(String volume, String path) throws IOException {
        return VolumePath.node(OpenVolumes.find(open, volume), path);
    }

    /** Scrubs. */
    @Descriptor("reads everything against its checksums, and repairs what has a good copy; fails where something is lost")
    @Example("volume:scrub photos")
    public Scrubbed scrub(CommandSession session, @Descriptor("its identity or label") String volume) throws IOException {
        try (Bar bar = new Bar(session)) {
            return result(upkeep.scrub(volume(volume), bar));
        }
    }

    static Scrubbed result(Upkeep.Scrub s) throws IOException {
        if (s.lost() > 0) {
            throw new IOException(s.lost() + " blocks have no good copy: " + String.join(", ", s.lostPlaces()) + "; " + s.repaired()
                    + " others were repaired");
        }
        return new Scrubbed(s.checked(), s.repaired(), s.lost());
    }

    /** Trims. */
    @Descriptor("tells the device what is free")
    @Example("volume:trim photos")
    public Trimmed trim(CommandSession session, @Descriptor("its identity or label") String volume) throws IOException {
        try (Bar bar = new Bar(session)) {
            return new Trimmed(upkeep.trim(volume(volume), bar));
        }
    }

    /** Grows or shrinks. */
    @Descriptor("grows or shrinks a volume that is in use; growing is at most to its device's size")
    @Example("volume:resize photos 20G")
    public void resize(CommandSession session, @Descriptor("its identity or label") String volume, @Descriptor("such as 20G") String size)
            throws IOException {
        try (Bar bar = new Bar(session)) {
            upkeep.resize(volume(volume), Arguments.bytes(size), bar);
        }
    }

    /** Defragments. */
    @Descriptor("writes a file's pieces, or those of all files in a folder, in longer ones")
    @Example("volume:defragment photos /2024")
    public Pieces defragment(CommandSession session, @Descriptor("its identity or label") String volume, @Descriptor("path in the volume") String path)
            throws IOException {
        try (Bar bar = new Bar(session)) {
            long[] pieces = upkeep.defragment(volume(volume), node(volume, path), bar);
            return new Pieces(pieces[0], pieces[1]);
        }
    }

    /** Chooses a codec. */
    @Descriptor("how what is written from now on to a file, or to new files in a folder, is compressed")
    @Example("volume:compression photos /raw zstd")
    public void compression(@Descriptor("its identity or label") String volume, @Descriptor("path in the volume") String path,
            @Descriptor("none, lz4, zstd, or inherit from the folder") @Suggest(words = {"none", "lz4", "zstd", "inherit"}) String codec)
            throws IOException {
        upkeep.compression(volume(volume), node(volume, path), codec);
    }

    /** Sets a quota. */
    @Descriptor("limits all that a folder holds; without a limit the quota ends")
    @Example({"volume:quota --size 10G --files 100000 photos /home/ann", "volume:quota photos /home/ann"})
    public void quota(@Parameter(names = "--size", absentValue = "0") @Descriptor("bytes at most, such as 10G") String size,
            @Parameter(names = "--files", absentValue = "0") @Descriptor("files and folders at most") long files,
            @Descriptor("its identity or label") String volume, @Descriptor("path of a folder in the volume") String path) throws IOException {
        upkeep.quota(volume(volume), node(volume, path), Arguments.bytes(size), files);
    }

    /** All quotas. */
    @Descriptor("the quotas of a volume: what is used, and the limits; 0 is none")
    @Example("volume:quotas photos")
    public Object quotas(@Parameter(names = "--json", presentValue = "true", absentValue = "false") @Descriptor("print JSON") boolean json,
            @Descriptor("its identity or label") String volume) throws IOException {
        FileSystem files = OpenVolumes.find(open, volume(volume));
        files.sync(); // what waits in memory is counted when it is written
        List<Limit> limits = new ArrayList<>();
        for (Upkeep.Quota q : upkeep.quotas(volume(volume))) {
            limits.add(new Limit(VolumePath.of(files, q.folder()), q.usedBytes(), q.bytes(), q.usedNodes(), q.nodes()));
        }
        return Json.when(json, limits);
    }

    /** Counters. */
    @Descriptor("counters of an open volume")
    @Example("volume:statistics photos")
    public Object statistics(@Parameter(names = "--json", presentValue = "true", absentValue = "false") @Descriptor("print JSON") boolean json,
            @Descriptor("its identity or label") String volume) throws IOException {
        return Json.when(json, upkeep.statistics(volume(volume)).entrySet().stream().map(e -> new Count(e.getKey(), e.getValue())).toList());
    }
}
