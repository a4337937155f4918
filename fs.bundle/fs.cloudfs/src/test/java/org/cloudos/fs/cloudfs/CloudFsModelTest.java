package org.cloudos.fs.cloudfs;

import static org.junit.jupiter.api.Assertions.assertEquals;

import java.lang.reflect.InvocationTargetException;
import java.lang.reflect.Proxy;
import java.util.Map;
import java.util.TreeMap;
import org.cloudos.fs.FileSystem;
import org.cloudos.fs.FsException;
import org.cloudos.fs.suite.ModelSuite;
import org.cloudos.fs.suite.Probe;
import org.cloudos.fs.volume.Progress;
import org.cloudos.kernel.swap.HandOver;

/** While the requests run, the provider is swapped, snapshots are taken, read, cloned, sent back to and deleted, and the volume is cared for. */
class CloudFsModelTest extends ModelSuite {
    private Rig rig;
    private SimulatedDevice device;
    private String volume;
    private final Map<String, Map<String, Object>> snapshots = new TreeMap<>();
    private int names;

    @Override protected FileSystem open() throws FsException {
        rig = new Rig(); // one of this class runs all sequences
        snapshots.clear();
        device = Bench.formatted(128 << 20, "none");
        volume = rig.type.open(device, Map.of("memory", "16m", "commit", "300"));
        return (FileSystem) Proxy.newProxyInstance(getClass().getClassLoader(), new Class<?>[] {FileSystem.class}, (_, method, arguments) -> {
            try {
                return method.invoke(rig.fs(volume), arguments);
            } catch (InvocationTargetException e) {
                throw e.getCause();
            }
        });
    }

    @Override protected void disturb(int choice) throws Exception {
        switch (choice % 6) {
            case 0, 1 -> swap();
            case 2 -> {
                String name = "s" + names++;
                rig.snapshots.create(volume, name);
                snapshots.put(name, Trees.of(rig.fs(volume)));
            }
            case 3 -> compare();
            case 4 -> {
                if (!snapshots.isEmpty()) {
                    String name = snapshots.keySet().iterator().next();
                    rig.snapshots.delete(volume, name);
                    snapshots.remove(name);
                }
            }
            default -> care();
        }
    }

    private void swap() throws Exception {
        Rig next = new Rig();
        HandOver.State state = new VolumesHandOver(rig.volumes, Bench.SETTINGS.clock()).handOver();
        rig.volumes.closeAll();
        new VolumesHandOver(next.volumes, Bench.SETTINGS.clock()).takeOver(state);
        rig = next;
    }

    private void compare() throws FsException {
        for (Map.Entry<String, Map<String, Object>> e : snapshots.entrySet()) {
            String view = rig.snapshots.open(volume, e.getKey());
            assertEquals(e.getValue(), Trees.of(rig.fs(view)), "snapshot " + e.getKey());
            rig.type.close(view, false);
        }
    }

    private void care() throws FsException {
        if (!snapshots.isEmpty()) {
            String clone = "c" + names++;
            rig.snapshots.clone(volume, snapshots.keySet().iterator().next(), clone);
            String view = rig.snapshots.open(volume, clone);
            Probe probe = new Probe(rig.fs(view));
            probe.write(probe.file(FileSystem.ROOT, "of the clone alone"), 0, Probe.bytes(50_000, names));
            rig.type.close(view, false);
            rig.snapshots.delete(volume, clone);
        }
        assertEquals(0, rig.upkeep.scrub(volume, Progress.NONE).lost());
        rig.upkeep.defragment(volume, FileSystem.ROOT, Progress.NONE);
    }

    @Override protected void disturbed() throws Exception {
        compare();
    }

    @Override protected void close() throws Exception {
        rig.type.close(volume, true);
        rig.clean(device);
    }
}
