package org.cloudos.fs.cloudfs;

import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.UUID;
import java.util.function.LongSupplier;
import org.cloudos.fs.FsException;
import org.cloudos.fs.cloudfs.format.Entry;
import org.cloudos.fs.cloudfs.mount.OpenVolume;
import org.cloudos.hal.block.BlockDevice;
import org.cloudos.kernel.swap.HandOver;

/**
 * Hands open volumes to the next provider: all is written down, then the next one opens the same devices, with the same nodes held. A node
 * without a name stays, since it is an orphan on the medium that is held.
 *
 * <p>State, version 1: a list of maps: {@code devices} a list of {@link BlockDevice}, {@code options} a map of strings, {@code passphrase}
 * characters or absent, {@code views} identities of open snapshots, {@code held} by identity a map of nodes and counts.
 */
final class VolumesHandOver implements HandOver {
    private final OpenVolumes volumes;
    private final LongSupplier clock;

    VolumesHandOver(OpenVolumes volumes, LongSupplier clock) {
        this.volumes = volumes;
        this.clock = clock;
    }

    @Override public State handOver() {
        List<Map<String, Object>> state = new ArrayList<>();
        for (OpenVolumes.Opened o : volumes.all()) {
            Map<String, Object> one = new HashMap<>();
            one.put("devices", o.devices());
            one.put("options", o.options());
            if (o.parsed().passphrase() != null) {
                one.put("passphrase", o.parsed().passphrase());
            }
            one.put("views", o.volume().views().values().stream().map(v -> v.subvolume().number())
                    .filter(n -> n != Entry.HEAD).toList()); // that one is opened with the volume
            one.put("held", o.volume().held());
            state.add(one);
            try {
                o.volume().quiesce();
            } catch (FsException e) {
                // The volume is read-only by now: its successor opens what the last commit and the log have.
            }
        }
        return new State(1, state);
    }

    @Override public void takeOver(State state) {
        if (state.version() != 1 || !(state.value() instanceof List<?> list)) {
            throw new IllegalArgumentException("expected state of version 1, found " + state.version());
        }
        for (Object one : list) {
            try {
                take((Map<?, ?>) one);
            } catch (FsException e) {
                throw new IllegalArgumentException("a volume could not be opened again: " + e.getMessage(), e);
            }
        }
    }

    @SuppressWarnings("unchecked") // our own state, version 1
    private void take(Map<?, ?> one) throws FsException {
        List<BlockDevice> devices = (List<BlockDevice>) one.get("devices");
        Map<String, String> options = new HashMap<>((Map<String, String>) one.get("options"));
        options.remove("passphrase-file");
        MountOptions parsed = MountOptions.parse(options, clock);
        parsed = new MountOptions(parsed.settings().alone(), (char[]) one.get("passphrase"), parsed.dropLog(), true);
        String name = volumes.open(devices, options, parsed, (Map<UUID, Map<Long, Long>>) one.get("held"));
        OpenVolume volume = volumes.find(name).volume();
        for (Long number : (List<Long>) one.get("views")) {
            volumes.offer(volume, volume.open(number));
        }
    }
}
