package org.cloudos.fs.cloudfs;

import static org.cloudos.fs.suite.Probe.bytes;
import static org.cloudos.fs.suite.Probe.refused;
import static org.junit.jupiter.api.Assertions.assertArrayEquals;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertNull;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import org.cloudos.fs.Errno;
import org.cloudos.fs.FileSystem;
import org.cloudos.fs.FsException;
import org.cloudos.fs.cloudfs.format.Features;
import org.cloudos.fs.suite.Probe;
import org.cloudos.fs.volume.FormatOptions;
import org.cloudos.fs.volume.Progress;
import org.cloudos.fs.volume.Upkeep.Member.State;
import org.cloudos.hal.block.BlockDevice;
import org.junit.jupiter.api.Test;

/** Mirrors that lack a device, and get one. */
class MirrorTest {
    private static final long ROOT = FileSystem.ROOT;
    private static final int SIZE = 64 << 20;
    private Rig rig = new Rig();
    private final SimulatedDevice one = new SimulatedDevice(SIZE, "one"), two = new SimulatedDevice(SIZE, "two");

    private String made() throws FsException {
        rig.tools.format(List.of(one, two), FormatOptions.label("mirror"));
        return open(one, two);
    }

    private String open(BlockDevice... devices) throws FsException {
        return rig.tools.open(List.of(devices), Map.of());
    }

    private String degraded(BlockDevice device) throws FsException {
        return rig.tools.open(List.of(device), Map.of("degraded", ""));
    }

    private void write(String v, String name, int seed) throws FsException {
        Probe probe = new Probe(rig.fs(v));
        probe.write(probe.file(ROOT, name), 0, bytes(1_000_000, seed));
        rig.fs(v).sync();
    }

    private void has(String v, String name, int seed) throws FsException {
        assertArrayEquals(bytes(1_000_000, seed), new Probe(rig.fs(v)).all(rig.fs(v).lookup(ROOT, name).node()), name);
    }

    private List<State> states(String v) throws FsException {
        return rig.upkeep.members(v).stream().map(m -> m.state()).toList();
    }

    private boolean marked(String v) throws FsException {
        return rig.volumes.find(v).volume().volume().superblock().features().has(Features.DEGRADED);
    }

    private void close(String v) throws FsException {
        rig.type.close(v, true);
    }

    private static String told(Errno errno, org.junit.jupiter.api.function.Executable what) {
        FsException e = assertThrows(FsException.class, what);
        assertEquals(errno, e.errno(), e.getMessage());
        return e.getMessage();
    }

    @Test void oneDeviceOpensWhenItIsSaid() throws Exception {
        String v = made();
        write(v, "before", 1);
        close(v);
        String told = told(Errno.EINVAL, () -> open(one));
        assertTrue(told.contains("only one (device 1, generation") && told.contains("degraded"), told);
        close(rig.tools.open(List.of(one), Map.of("degraded", "", "ro", "")));
        told(Errno.EINVAL, () -> open(one)); // reading changed nothing
        degraded(one);
        assertEquals(List.of(State.IN_STEP, State.MISSING), states(v));
        has(v, "before", 1);
        write(v, "alone", 2);
        rig.volumes.find(v).volume().volume().commit(); // which the flusher does soon
        assertTrue(marked(v), "an older version keeps off");
        close(v);
        open(one); // that it is alone is known by now
        write(v, "more", 3);
        close(v);

        open(two, one); // in any order; the older one is never taken for the current one
        assertEquals(List.of(State.IN_STEP, State.BEHIND), states(v));
        has(v, "alone", 2);
        has(v, "more", 3);
        List<String> steps = new ArrayList<>();
        assertTrue(rig.upkeep.resync(v, (step, done, total) -> {
            assertTrue(done <= total);
            steps.add(step);
        }).repaired() > 400);
        assertTrue(steps.contains("resync"));
        assertEquals(List.of(State.IN_STEP, State.IN_STEP), states(v));
        assertTrue(!marked(v));
        refused(Errno.EINVAL, () -> rig.upkeep.resync(v, Progress.NONE));
        close(v);
        rig.clean(one, two);
        degraded(two);
        has(v, "more", 3);
        close(v);
    }

    @Test void twoThatWereWrittenAloneAreRefused() throws Exception {
        String v = made();
        write(v, "before", 1);
        close(v);
        degraded(one);
        write(v, "ones", 2);
        close(v);
        degraded(two);
        write(v, "twos", 3);
        write(v, "twos more", 3); // which makes its generation the newer
        close(v);
        for (List<BlockDevice> both : List.<List<BlockDevice>>of(List.of(one, two), List.of(two, one))) {
            String told = told(Errno.EINVAL, () -> rig.tools.open(both, Map.of("degraded", "")));
            assertTrue(told.contains("one (device 1, generation") && told.contains("two (device 2, generation") && told.contains("alone since 2"), told);
            told(Errno.EINVAL, () -> rig.check(both.toArray(BlockDevice[]::new)));
        }
        open(one);
        assertTrue(told(Errno.EINVAL, () -> rig.upkeep.attach(v, two, null, false)).contains("was written without one"));
        rig.upkeep.attach(v, two, null, true);
        rig.upkeep.resync(v, Progress.NONE);
        close(v);
        rig.clean(one, two);
        degraded(two);
        has(v, "ones", 2);
        assertNull(rig.fs(v).lookup(ROOT, "twos"));
        close(v);
    }

    @Test void onePulledOutIsLeftOutAndComesBack() throws Exception {
        for (boolean first : new boolean[] {true, false}) {
            SimulatedDevice pulled = first ? one : two, stays = first ? two : one;
            rig.tools.format(List.of(one, two), new FormatOptions("mirror", null, "none", true, java.util.Set.of()));
            String v = open(one, two);
            write(v, "before", 1);
            if (first) {
                pulled.vanished(true);
            } else {
                pulled.pulled(true);
            }
            has(v, "before", 1);
            write(v, "meanwhile", 2);
            assertEquals(State.LEFT_OUT, states(v).get(first ? 0 : 1));
            Rig next = new Rig(); // a swap of the provider meanwhile
            var state = new VolumesHandOver(rig.volumes, Bench.SETTINGS.clock()).handOver();
            rig.volumes.closeAll();
            new VolumesHandOver(next.volumes, Bench.SETTINGS.clock()).takeOver(state);
            rig = next;
            SimulatedDevice again = pulled.copy(); // the driver's new device, of the same name
            rig.upkeep.attach(v, again, null, false);
            assertEquals(State.BEHIND, states(v).get(first ? 0 : 1));
            write(v, "after", 3);
            String half = told(Errno.EINVAL, () -> new Rig().tools.open(List.of(again.copy()), Map.of("degraded", "", "force", "")));
            assertTrue(half.contains("lacks blocks") || half.contains("is open"), half);
            rig.upkeep.scrub(v, Progress.NONE); // as a resync
            assertEquals(List.of(State.IN_STEP, State.IN_STEP), states(v));
            stays.pulled(true);
            write(v, "last", 4);
            close(v);
            degraded(again);
            for (String name : List.of("before", "meanwhile", "after", "last")) {
                has(v, name, List.of("before", "meanwhile", "after", "last").indexOf(name) + 1);
            }
            close(v);
            stays.pulled(false);
            pulled.pulled(false);
            pulled.vanished(false);
            rig.clean(again);
        }
    }

    @Test void theOnlyOneGoesAndIsAnErrorUntilItIsBack() throws Exception {
        rig.tools.format(List.of(one), FormatOptions.label("one"));
        String v = open(one);
        write(v, "before", 1);
        one.vanished(true);
        refused(Errno.EIO, () -> write(v, "more", 2));
        refused(Errno.EIO, () -> write(v, "and more", 2));
        assertEquals(List.of("one"), rig.upkeep.members(v).stream().map(m -> m.device()).toList());
        SimulatedDevice back = one.copy();
        refused(Errno.EBUSY, () -> open(back));
        refused(Errno.EIO, () -> close(v)); // not all could be written
        assertTrue(rig.services.isEmpty());
        open(back);
        has(v, "before", 1);
        close(v);
        rig.clean(back);
    }

    @Test void devicesComeAndGoInUse() throws Exception {
        rig.tools.format(List.of(one), FormatOptions.label("one"));
        String v = open(one);
        write(v, "before", 1);
        refused(Errno.ENOSPC, () -> rig.upkeep.attach(v, new SimulatedDevice(SIZE / 2, "small"), null, false));
        SimulatedDevice strange = new SimulatedDevice(SIZE, "strange");
        rig.tools.format(List.of(strange), FormatOptions.label("strange"));
        refused(Errno.EEXIST, () -> rig.upkeep.attach(v, strange, null, false));
        refused(Errno.EBUSY, () -> rig.upkeep.attach(v, one, null, true));
        refused(Errno.EBUSY, () -> rig.upkeep.detach(v, "one"));
        refused(Errno.ENODEV, () -> rig.upkeep.detach(v, "two"));
        assertEquals(List.of(State.IN_STEP), states(v));
        rig.upkeep.attach(v, two, null, false);
        write(v, "meanwhile", 2);
        refused(Errno.EBUSY, () -> rig.upkeep.detach(v, "one"));
        rig.upkeep.resync(v, Progress.NONE);
        refused(Errno.EBUSY, () -> rig.upkeep.attach(v, strange, null, true));
        rig.upkeep.attach(v, strange, "one", true);
        rig.upkeep.resync(v, Progress.NONE);
        write(v, "after", 3);
        close(v);
        rig.clean(strange, two);
        told(Errno.EINVAL, () -> open(one, strange)); // the same half
        open(one, two); // the one that was replaced is older
        assertEquals(List.of(State.BEHIND, State.IN_STEP), states(v));
        has(v, "after", 3);
        rig.upkeep.detach(v, "one");
        close(v);
        open(two);
        assertEquals(List.of(State.MISSING, State.IN_STEP), states(v));
        rig.upkeep.attach(v, strange, null, false); // older again
        rig.upkeep.resync(v, Progress.NONE);
        close(v);
        degraded(strange);
        has(v, "before", 1);
        has(v, "after", 3);
        close(v);
    }

    @Test void aDeviceThatFailsWhileItIsBroughtUpStaysBehind() throws Exception {
        String v = made();
        write(v, "before", 1);
        close(v);
        degraded(one);
        write(v, "alone", 2);
        close(v);
        open(one, two);
        two.failFrom(two.requests() + 20);
        assertEquals(Errno.EIO, assertThrows(FsException.class, () -> rig.upkeep.resync(v, Progress.NONE)).errno());
        write(v, "goes on", 3);
        close(v);
        two.failFrom(Long.MAX_VALUE);
        assertTrue(told(Errno.EINVAL, () -> degraded(two)).contains("lacks blocks"));
        var report = rig.check(one, two);
        assertEquals(1, report.problems().size(), report.problems().toString());
        assertTrue(report.problems().getFirst().what().startsWith("two (device 2 of the mirror) is behind"));
        assertEquals(List.of(), rig.tools.repair(List.of(one, two), null, report, Progress.NONE).problems());
        degraded(two);
        has(v, "goes on", 3);
        close(v);
    }

    @Test void whatDevicesKnowOfEachOtherStandsTwice() throws Exception {
        String v = made();
        close(v);
        degraded(one);
        write(v, "alone", 2);
        close(v);
        one.damage(19, new byte[4096]);
        open(one, two);
        assertEquals(List.of(State.IN_STEP, State.BEHIND), states(v));
        rig.volumes.find(v).volume().abandon();
        Rig next = new Rig();
        SimulatedDevice bad = one.copy();
        bad.damage(19, bytes(4096, 1));
        bad.damage(20, bytes(4096, 2));
        assertTrue(told(Errno.EUCLEAN, () -> next.tools.open(List.of(bad), Map.of("degraded", ""))).contains("blocks 19 and 20"));
    }

    @Test void oneHalfIsCheckedAndShown() throws Exception {
        String v = made();
        write(v, "f", 1);
        close(v);
        rig.clean(one);
        rig.clean(two);
        for (SimulatedDevice device : List.of(one, two)) {
            List<String> lines = new ArrayList<>();
            rig.tools.dump(device, null, "superblocks", lines::add);
            assertTrue(lines.getFirst().startsWith("block 16: generation "), lines.toString());
            rig.tools.dump(device, null, "volumes", lines::add);
            rig.tools.dump(device, null, "log", lines::add);
        }
        told(Errno.EINVAL, () -> open(one)); // looking changed nothing
    }
}
