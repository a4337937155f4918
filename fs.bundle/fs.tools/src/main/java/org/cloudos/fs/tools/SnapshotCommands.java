package org.cloudos.fs.tools;

import java.io.IOException;
import java.nio.channels.FileChannel;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardOpenOption;
import java.time.Instant;
import java.util.List;
import org.apache.felix.service.command.CommandSession;
import org.apache.felix.service.command.Descriptor;
import org.apache.felix.service.command.Parameter;
import org.apache.felix.service.command.annotations.GogoCommand;
import org.cloudos.fs.FileSystem;
import org.cloudos.fs.volume.Snapshot;
import org.cloudos.fs.volume.Snapshots;
import org.cloudos.shell.Example;
import org.cloudos.shell.Json;
import org.osgi.service.component.annotations.Activate;
import org.osgi.service.component.annotations.Component;
import org.osgi.service.component.annotations.Reference;
import org.osgi.service.component.annotations.ReferenceCardinality;
import org.osgi.service.component.annotations.ReferencePolicy;

/** States of a volume's files that are kept, copied and carried elsewhere. */
@Component(service = SnapshotCommands.class)
@GogoCommand(scope = "volume", function = {"snapshots", "snapshot", "forget", "copy", "view", "rollback", "send", "receive"})
public final class SnapshotCommands {
    private final Snapshots snapshots;
    @Reference(cardinality = ReferenceCardinality.MULTIPLE, policy = ReferencePolicy.DYNAMIC, target = "(fs.type=cloudfs)")
    private volatile List<FileSystem> open;

    /** A snapshot. */
    public record Kept(String name, Instant created, boolean writable, long number, long parent) {
        static Kept of(Snapshot s) {
            return new Kept(s.name(), Instant.ofEpochSecond(s.created() / 1_000_000_000), s.writable(), s.number(), s.parent());
        }
    }

    /** Made when a command runs first. */
    @Activate
    public SnapshotCommands(@Reference(target = "(fs.type=cloudfs)") Snapshots snapshots) {
        this.snapshots = snapshots;
    }

    private String volume(String name) {
        return OpenVolumes.identity(open, name);
    }

    /** A volume's snapshots. */
    @Descriptor("the snapshots of a volume")
    @Example("volume:snapshots photos")
    public Object snapshots(@Parameter(names = "--json", presentValue = "true", absentValue = "false") @Descriptor("print JSON") boolean json,
            @Descriptor("its identity or label") String volume) throws IOException {
        return Json.when(json, snapshots.list(volume(volume)).stream().map(Kept::of).toList());
    }

    /** Makes a snapshot. */
    @Descriptor("keeps a volume's files as they are now")
    @Example("volume:snapshot photos before")
    public Kept snapshot(@Descriptor("its identity or label") String volume, @Descriptor("a new name") String name) throws IOException {
        return Kept.of(snapshots.create(volume(volume), name));
    }

    /** Deletes a snapshot. */
    @Descriptor("forgets a snapshot or clone")
    @Example("volume:forget photos before")
    public void forget(@Descriptor("its identity or label") String volume, @Descriptor("of the snapshot") String name) throws IOException {
        snapshots.delete(volume(volume), name);
    }

    /** Clones a snapshot. */
    @Descriptor("a writable copy of a snapshot")
    @Example("volume:copy photos before trial")
    public Kept copy(@Descriptor("its identity or label") String volume, @Descriptor("of the snapshot") String snapshot,
            @Descriptor("a new name") String name) throws IOException {
        return Kept.of(snapshots.clone(volume(volume), snapshot, name));
    }

    /** Opens a snapshot beside its volume. */
    @Descriptor("opens a snapshot or clone as a volume of its own, for fs:mount and fuse:mount; volume:close ends that")
    @Example("fs:mount (volume:view photos before) /before")
    public String view(@Descriptor("its identity or label") String volume, @Descriptor("of the snapshot") String name) throws IOException {
        return snapshots.open(volume(volume), name);
    }

    /** Rolls back. */
    @Descriptor("a volume's files become what they were in a snapshot")
    @Example("volume:rollback --keep now photos before")
    public void rollback(@Parameter(names = "--keep", absentValue = "") @Descriptor("keep what they are now under this name") String keep,
            @Descriptor("its identity or label") String volume, @Descriptor("of the snapshot") String snapshot) throws IOException {
        snapshots.rollback(volume(volume), snapshot, keep.isEmpty() ? null : keep);
    }

    /** Sends. */
    @Descriptor("writes a snapshot into a file as a stream")
    @Example("volume:send --since monday photos tuesday /srv/tuesday.stream")
    public void send(CommandSession session,
            @Parameter(names = "--since", absentValue = "") @Descriptor("only what differs from this one") String since,
            @Descriptor("its identity or label") String volume, @Descriptor("of the snapshot") String snapshot,
            @Descriptor("a new file of Linux") String file) throws IOException {
        Path path = session.currentDir().resolve(file);
        String identity = volume(volume);
        try (FileChannel to = FileChannel.open(path, StandardOpenOption.CREATE_NEW, StandardOpenOption.WRITE); Bar bar = new Bar(session)) {
            snapshots.send(identity, snapshot, since.isEmpty() ? null : since, to, bar);
        } catch (org.cloudos.fs.FsException e) {
            Files.deleteIfExists(path); // half a stream is of no use
            throw e;
        }
    }

    /** Receives. */
    @Descriptor("makes a snapshot from a file that volume:send wrote")
    @Example("volume:receive photos /srv/tuesday.stream")
    public Kept receive(CommandSession session, @Parameter(names = "--name", absentValue = "") @Descriptor("of the new snapshot") String name,
            @Descriptor("its identity or label") String volume, @Descriptor("the stream, a file of Linux") String file) throws IOException {
        try (FileChannel from = FileChannel.open(session.currentDir().resolve(file), StandardOpenOption.READ); Bar bar = new Bar(session)) {
            return Kept.of(snapshots.receive(volume(volume), from, name.isEmpty() ? null : name, bar));
        }
    }
}
