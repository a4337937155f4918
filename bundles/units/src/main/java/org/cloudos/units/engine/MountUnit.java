package org.cloudos.units.engine;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.LinkOption;
import java.nio.file.Path;
import java.time.Duration;
import java.util.List;
import java.util.Map;
import org.cloudos.units.UnitStatus.Active;
import org.cloudos.units.engine.Processes.Group;
import org.cloudos.units.engine.Processes.Running;
import org.cloudos.units.file.Command;
import org.cloudos.units.file.Settings;
import org.cloudos.units.file.UnitName;
import org.cloudos.units.file.Values;
import org.cloudos.units.process.Launch;

/** A file system at its place; systemd.mount(5). Mounted by {@code spawn} itself: helpers of mount(8) are not run. */
final class MountUnit extends ProcessUnit {
    private static final String MOUNT = "Mount";
    private static final List<String> NETWORK = List.of("nfs", "nfs4", "cifs", "smb3", "ceph", "9p", "glusterfs");

    /** The words of systemctl. */
    private enum State { DEAD, MOUNTING, MOUNTED, UNMOUNTING, FAILED }

    private State state = State.DEAD;
    private String what = "";
    private String where = "";
    private String type = "";
    private String options = "";
    private boolean lazy;
    private boolean force;
    private long timeout;
    private int directoryMode;
    private Loop.Timer timer;

    MountUnit(Engine engine, UnitName id) {
        super(engine, id);
    }

    @Override Active active() {
        return switch (state) {
            case DEAD -> Active.INACTIVE;
            case FAILED -> Active.FAILED;
            case MOUNTING -> Active.ACTIVATING;
            case UNMOUNTING -> Active.DEACTIVATING;
            case MOUNTED -> Active.ACTIVE;
        };
    }

    @Override String sub() {
        return state.name().toLowerCase(java.util.Locale.ROOT);
    }

    @Override void configure(Settings s) {
        exec = new ExecSettings(this, s, MOUNT);
        what = s.text(MOUNT, "What", "");
        where = s.get(MOUNT, "Where", v -> Values.path(s.specifiers().apply(v))).orElse(UnitName.unescapePath(id().prefix()));
        type = s.text(MOUNT, "Type", "");
        options = s.text(MOUNT, "Options", "defaults");
        lazy = s.bool(MOUNT, "LazyUnmount", false);
        force = s.bool(MOUNT, "ForceUnmount", false);
        timeout = ServiceConfig.nanos(s.span(MOUNT, "TimeoutSec", Duration.ofSeconds(90)));
        directoryMode = s.get(MOUNT, "DirectoryMode", Values::mode).orElse(0755);
        if (what.isEmpty()) {
            throw new IllegalArgumentException("expected What=, found none");
        }
        if (!id().prefix().equals(UnitName.escapePath(where))) {
            throw new IllegalArgumentException("expected the name " + UnitName.escapePath(where) + ".mount for Where=" + where);
        }
        if (type.isEmpty() && !bind()) {
            type = "auto";
        }
        String parent = where.lastIndexOf('/') > 0 ? where.substring(0, where.lastIndexOf('/')) : "";
        UnitSection.mountsFor(this, parent, Dep.REQUIRES);
        if (bind()) {
            UnitSection.mountsFor(this, what, Dep.REQUIRES);
        }
    }

    private boolean bind() {
        return List.of(options.split(",")).contains("bind") || List.of(options.split(",")).contains("rbind");
    }

    @Override void addDefaultDependencies() {
        boolean network = NETWORK.contains(type) || options.contains("_netdev");
        addDep(Dep.AFTER, network ? "remote-fs-pre.target" : "local-fs-pre.target");
        addDep(Dep.BEFORE, network ? "remote-fs.target" : "local-fs.target");
        if (network) {
            addDep(Dep.AFTER, "network.target");
            requireAfter(Dep.WANTS, "network-online.target");
        }
        addDep(Dep.CONFLICTS, "umount.target");
        addDep(Dep.BEFORE, "umount.target");
    }

    private void set(State to) {
        boolean changed = state != to;
        if (to != State.MOUNTING && to != State.UNMOUNTING && timer != null) {
            timer.cancel();
            timer = null;
        }
        state = to;
        if (changed) {
            changed();
        }
    }

    @Override Answer start() {
        if (state == State.UNMOUNTING) {
            return Answer.LATER;
        }
        if (Mounts.isMountPoint(where)) {
            set(State.MOUNTED);
            return Answer.UNDER_WAY;
        }
        try {
            if (!Files.isDirectory(Path.of(where), LinkOption.NOFOLLOW_LINKS) && !Files.exists(Path.of(where))) {
                Files.createDirectories(Path.of(where));
                Files.setAttribute(Path.of(where), "unix:mode", directoryMode);
            }
        } catch (IOException e) {
            failed("resources", where + " can't be made: " + e.getMessage());
            set(State.FAILED);
            return Answer.FAILED;
        }
        set(State.MOUNTING);
        act("mount", new Launch().add("do", "mount").add("what", device(what)).add("where", where).add("options", options)
                .add("type", type));
        return Answer.UNDER_WAY;
    }

    private static String device(String what) {
        for (String by : List.of("UUID", "LABEL", "PARTUUID", "PARTLABEL")) {
            if (what.startsWith(by + "=")) {
                return "/dev/disk/by-" + by.toLowerCase(java.util.Locale.ROOT) + "/" + what.substring(by.length() + 1).replace("\"", "");
            }
        }
        return what;
    }

    private void act(String name, Launch launch) {
        openGroup();
        timer = engine.loop().after(timeout, () -> {
            timer = null;
            signal(0, Signals.KILL);
            failed("timeout", "it took too long");
        });
        control = engine.processes().start(group, new Command(name, List.of(name, where), false, false, false, false), launch, null);
    }

    @Override Answer stop() {
        if (state == State.MOUNTED && Mounts.isMountPoint(where)) {
            set(State.UNMOUNTING);
            Launch launch = new Launch().add("do", "unmount").add("where", where);
            if (lazy) {
                launch.add("lazy", 1);
            }
            if (force) {
                launch.add("force", 1);
            }
            act("umount", launch);
        } else {
            closeGroup(true);
            set(State.DEAD);
        }
        return Answer.UNDER_WAY;
    }

    @Override void resetFailed() {
        if (state == State.FAILED) {
            set(State.DEAD);
        }
    }

    @Override public void ended(Running process, Exit exit) {
        if (process != control) {
            return;
        }
        control = null;
        closeGroup(true);
        boolean good = exit.clean(false, Exit.ExitSet.NONE);
        if (good) {
            result("success");
            set(state == State.MOUNTING ? State.MOUNTED : State.DEAD);
        } else {
            failed("exit-code", process.trouble.isEmpty() ? exit.text() : process.trouble);
            set(state == State.UNMOUNTING && Mounts.isMountPoint(where) ? State.MOUNTED : State.FAILED);
        }
    }

    @Override public void emptied(Group of) { }

    @Override public void groupFailed(String why) {
        engine.log(this, true, why);
    }

    @Override boolean holdsProcesses() {
        return control != null;
    }

    @Override void describe(Map<String, String> properties) {
        properties.put("What", what);
        properties.put("Where", where);
        properties.put("Options", options);
    }
}
