package org.cloudos.fs.tools;

import java.io.IOException;
import java.time.Instant;
import java.util.List;
import java.util.Locale;
import org.apache.felix.service.command.CommandSession;
import org.apache.felix.service.command.Descriptor;
import org.apache.felix.service.command.Parameter;
import org.apache.felix.service.command.annotations.GogoCommand;
import org.cloudos.fs.FileSystem;
import org.cloudos.fs.volume.Upkeep;
import org.cloudos.hal.block.BlockDevice;
import org.cloudos.shell.Example;
import org.cloudos.shell.Json;
import org.osgi.service.component.annotations.Activate;
import org.osgi.service.component.annotations.Component;
import org.osgi.service.component.annotations.Reference;
import org.osgi.service.component.annotations.ReferenceCardinality;
import org.osgi.service.component.annotations.ReferencePolicy;

/** The devices of open volumes: what each has, and how they come and go. */
@Component(service = MirrorCommands.class)
@GogoCommand(scope = "volume", function = {"devices", "attach", "detach", "replace", "resync"})
public final class MirrorCommands {
    private final Upkeep upkeep;
    @Reference(cardinality = ReferenceCardinality.MULTIPLE, policy = ReferencePolicy.DYNAMIC, target = "(fs.type=cloudfs)")
    private volatile List<FileSystem> open;
    @Reference(cardinality = ReferenceCardinality.MULTIPLE, policy = ReferencePolicy.DYNAMIC, target = "(block.name=*)")
    private volatile List<BlockDevice> devices;

    /** A device of a volume. */
    public record Member(int number, String device, String state, Instant since) { }

    /** Made when a command runs first. */
    @Activate
    public MirrorCommands(@Reference(target = "(fs.type=cloudfs)") Upkeep upkeep) {
        this.upkeep = upkeep;
    }

    private String volume(String name) {
        return OpenVolumes.identity(open, name);
    }

    /** In one word, how a volume is. */
    static String health(Upkeep upkeep, String volume) throws IOException {
        String health = "well";
        for (Upkeep.Member m : upkeep.members(volume)) {
            switch (m.state()) {
                case IN_STEP -> { }
                case BEHIND -> health = "behind";
                default -> health = "degraded";
            }
        }
        return health;
    }

    /** Lists a volume's devices. */
    @Descriptor("the devices of an open volume: in step (has all), behind (volume:resync brings it up), left out (failed) or missing")
    @Example("volume:devices photos")
    public Object devices(@Parameter(names = "--json", presentValue = "true", absentValue = "false") @Descriptor("print JSON") boolean json,
            @Descriptor("its identity or label") String volume) throws IOException {
        return Json.when(json, upkeep.members(volume(volume)).stream().map(MirrorCommands::line).toList());
    }

    private static Member line(Upkeep.Member m) {
        return new Member(m.number(), m.device(), m.state().name().toLowerCase(Locale.ROOT).replace('_', ' '),
                m.since() == 0 ? null : Instant.ofEpochSecond(m.since() / 1_000_000_000));
    }

    /** A device comes. */
    @Descriptor("gives a mirror the device that it lacks, the old one again or another, or makes a volume a mirror, and brings the device up")
    @Example({"volume:attach photos nvme1n1", "volume:attach --force photos nvme2n1"})
    public Object attach(CommandSession session,
            @Parameter(names = "--force", presentValue = "true", absentValue = "false") @Descriptor("give up what stands on the device") boolean force,
            @Descriptor("its identity or label") String volume, @Descriptor("from block:list") String device) throws IOException {
        upkeep.attach(volume(volume), NamedDevices.find(devices, device).getFirst(), null, force);
        return resync(session, volume);
    }

    /** A device takes another's place. */
    @Descriptor("a device takes the place of another of the volume, which leaves at once, and is brought up")
    @Example("volume:replace photos nvme1n1 nvme2n1")
    public Object replace(CommandSession session,
            @Parameter(names = "--force", presentValue = "true", absentValue = "false") @Descriptor("give up what stands on the device") boolean force,
            @Descriptor("its identity or label") String volume, @Descriptor("the device that leaves") String old,
            @Descriptor("from block:list") String device) throws IOException {
        upkeep.attach(volume(volume), NamedDevices.find(devices, device).getFirst(), old, force);
        return resync(session, volume);
    }

    /** A device leaves. */
    @Descriptor("a mirror goes on without a device, which keeps what it has")
    @Example("volume:detach photos nvme1n1")
    public void detach(@Descriptor("its identity or label") String volume, @Descriptor("one of volume:devices") String device) throws IOException {
        upkeep.detach(volume(volume), device);
    }

    /** Brings a device up. */
    @Descriptor("brings a mirror's device that is behind to have all, while the volume is in use; fails where something has no good copy")
    @Example("volume:resync photos")
    public CareCommands.Scrubbed resync(CommandSession session, @Descriptor("its identity or label") String volume) throws IOException {
        try (Bar bar = new Bar(session)) {
            return CareCommands.result(upkeep.resync(volume(volume), bar));
        }
    }
}
