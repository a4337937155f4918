package org.cloudos.fs.cloudfs.check;

import java.util.HashSet;
import java.util.List;
import java.util.Set;
import org.cloudos.fs.Errno;
import org.cloudos.fs.FsException;
import org.cloudos.fs.cloudfs.file.Contents;
import org.cloudos.fs.cloudfs.format.Entry;
import org.cloudos.fs.cloudfs.volume.Replay;
import org.cloudos.fs.cloudfs.volume.Settings;
import org.cloudos.fs.cloudfs.volume.Volume;
import org.cloudos.fs.cloudfs.mount.Opening;
import org.cloudos.fs.cloudfs.upkeep.Scrubbing;
import org.cloudos.fs.volume.CheckReport;
import org.cloudos.fs.volume.Progress;
import org.cloudos.hal.block.BlockDevice;

/** Checks and repairs volumes that are not open. */
public final class Check {
    private static final int ROUNDS = 6;
    private final List<BlockDevice> devices;
    private final char[] passphrase;
    private final Settings settings;
    private final Progress progress;

    public Check(List<BlockDevice> devices, char[] passphrase, Settings settings, Progress progress) {
        this.devices = devices;
        this.passphrase = passphrase;
        this.settings = settings.still().alone();
        this.progress = progress;
    }

    private record Result(CheckReport report, Findings findings) { }

    /** Writes nothing. */
    public CheckReport run(boolean data) throws FsException {
        long[] replayed = {0};
        Findings log = new Findings();
        log(log, replayed);
        try (Volume volume = open(settings.asReadOnly())) {
            return examine(volume, data, replayed[0], log).report;
        }
    }

    private Volume open(Settings how) throws FsException {
        Volume volume = Opening.open(devices, how, passphrase, true);
        if (!volume.settings.readOnly()) {
            try {
                volume.mirror.enter();
            } catch (FsException e) {
                volume.close();
                throw e;
            }
        }
        return volume;
    }

    /** Whether the log can be replayed: in memory. */
    private void log(Findings findings, long[] replayed) throws FsException {
        Volume volume;
        try {
            volume = open(settings.asReadOnly());
        } catch (FsException.Corrupt e) {
            findings.add(e.getMessage(), "", true, null);
            return;
        }
        try (volume) {
            Contents contents = new Contents(volume);
            volume.readOnly(false);
            replayed[0] = new Replay(volume, contents::replay, contents::discardLocked).run(false);
        } catch (FsException.Corrupt e) {
            findings.add("the log can't be replayed: " + e.getMessage(), "what is in it since the last commit is given up", true, v -> { });
        }
    }

    private Result examine(Volume volume, boolean data, long replayed, Findings findings) throws FsException {
        Structure structure = new Structure(volume, findings, progress);
        structure.run();
        long files = 0;
        Set<Long> roots = new HashSet<>();
        for (Entry e : structure.subvolumes) {
            if (roots.add(e.root().address())) {
                progress.at("files of " + e.name(), files, 0);
                files += new Files(volume, findings, e).run();
            }
        }
        new SpaceCheck(volume, findings, structure).run();
        int behind = volume.medium.behind();
        if (behind >= 0) {
            findings.add(volume.medium.device(behind).name() + " (device " + (behind + 1) + " of the mirror) is behind: it was left out, or is not yet"
                    + " brought up",
                    "it is brought up from the other, as a scrub of the open volume does", false, null);
        }
        long bytes = data ? new DataCheck(volume, findings, structure.subvolumes, progress).run() : 0;
        return new Result(new CheckReport(volume.superblock().volume(), volume.superblock().generation(), replayed, structure.nodes, files, bytes,
                List.copyOf(findings.problems)), findings);
    }

    /** Does what a report says. {@code ESTALE} when the volume is another by now. */
    public CheckReport repair(CheckReport plan) throws FsException {
        CheckReport now = run(false);
        if (now.generation() != plan.generation() || !now.volume().equals(plan.volume())) {
            throw new FsException.Refused(Errno.ESTALE, "plan for generation " + plan.generation() + ", the volume has " + now.generation());
        }
        boolean dropLog = now.problems().stream().anyMatch(p -> p.what().startsWith("the log"));
        try (Volume volume = open(settings)) {
            Contents contents = new Contents(volume);
            if (!dropLog && new Replay(volume, contents::replay, contents::discardLocked).run(false) > 0) {
                contents.syncAll();
            }
        }
        for (int round = 0; round < ROUNDS; round++) {
            if (!step()) {
                break;
            }
        }
        try (Volume volume = open(settings)) {
            if (volume.medium.behind() >= 0) {
                new Scrubbing(volume, progress).run();
            }
        }
        return run(false);
    }

    /** @return whether something was repaired */
    private boolean step() throws FsException {
        Result found;
        try (Volume volume = open(settings.asReadOnly())) {
            found = examine(volume, false, 0, new Findings());
        }
        if (found.findings.remedies.isEmpty()) {
            return false;
        }
        try (Volume volume = open(settings)) {
            volume.commitLock.lock();
            volume.lock.writeLock().lock();
            try {
                // The bitmaps first: what the other remedies write must not stand where something is.
                for (Findings.Remedy remedy : found.findings.remedies.reversed()) {
                    remedy.on(volume);
                }
                volume.amend(s -> s);
                volume.commit();
            } finally {
                volume.lock.writeLock().unlock();
                volume.commitLock.unlock();
            }
        }
        return true;
    }
}
