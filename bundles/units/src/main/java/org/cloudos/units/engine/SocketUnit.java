package org.cloudos.units.engine;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import org.cloudos.units.UnitException;
import org.cloudos.units.UnitStatus.Active;
import org.cloudos.units.Units;
import org.cloudos.units.engine.Processes.Group;
import org.cloudos.units.engine.Processes.Running;
import org.cloudos.units.file.Command;
import org.cloudos.units.file.Settings;
import org.cloudos.units.file.UnitName;

/** Listens for a service that is started when it is needed; systemd.socket(5). */
final class SocketUnit extends ProcessUnit implements Processes.Listening {
    private static final String SOCKET = "Socket";
    private static final Duration TIMEOUT = Duration.ofSeconds(90);

    /** The words of systemctl. */
    private enum State { DEAD, START_PRE, LISTENING, RUNNING, STOP_PRE, FAILED }

    private State state = State.DEAD;
    private SocketOptions options;
    private List<Command> before = List.of();
    private List<Command> after = List.of();
    private final List<Integer> sockets = new ArrayList<>();
    private int opened;
    private String serviceName = "";
    private String descriptorName = "";
    private boolean accept;
    private int mostConnections;
    private boolean removeOnStop;
    private StartLimit limit;
    private int index;
    private long timeout;
    private int connections;
    private long accepted;

    SocketUnit(Engine engine, UnitName id) {
        super(engine, id);
    }

    @Override Active active() {
        return switch (state) {
            case DEAD -> Active.INACTIVE;
            case FAILED -> Active.FAILED;
            case START_PRE -> Active.ACTIVATING;
            case STOP_PRE -> Active.DEACTIVATING;
            default -> Active.ACTIVE;
        };
    }

    @Override String sub() {
        return state.name().toLowerCase(java.util.Locale.ROOT).replace('_', '-');
    }

    boolean accepts() {
        return accept;
    }

    /** Those that are open, as {@code spawn} knows them. */
    List<Integer> sockets() {
        return active() == Active.ACTIVE ? List.copyOf(sockets) : List.of();
    }

    String descriptorName() {
        return descriptorName;
    }

    @Override void configure(Settings s) {
        exec = new ExecSettings(this, s, SOCKET);
        options = new SocketOptions(engine.world(), s);
        accept = s.bool(SOCKET, "Accept", false);
        mostConnections = s.number(SOCKET, "MaxConnections", 64, 1, Integer.MAX_VALUE);
        removeOnStop = s.bool(SOCKET, "RemoveOnStop", false);
        descriptorName = s.text(SOCKET, "FileDescriptorName", id().toString());
        before = s.list(SOCKET, "ExecStartPre", v -> Command.parse(v, s.specifiers()));
        after = s.list(SOCKET, "ExecStopPost", v -> Command.parse(v, s.specifiers()));
        timeout = ServiceConfig.nanos(s.span(SOCKET, "TimeoutSec", TIMEOUT));
        limit = new StartLimit(s.span(SOCKET, "TriggerLimitIntervalSec", Duration.ofSeconds(2)),
                s.number(SOCKET, "TriggerLimitBurst", accept ? 200 : 20, 0, Integer.MAX_VALUE));
        slice = s.text(SOCKET, "Slice", "system.slice");
        if (accept) {
            serviceName = id().prefix();
        } else {
            String service = s.text(SOCKET, "Service", id().as("service").toString());
            addDep(Dep.TRIGGERS, service);
            addDep(Dep.BEFORE, service);
        }
    }

    @Override void addDefaultDependencies() {
        addDep(Dep.BEFORE, "sockets.target");
        runBetweenBootAndShutdown();
    }

    private void set(State to) {
        boolean changed = state != to;
        state = to;
        if (changed) {
            changed();
        }
    }

    @Override Answer start() {
        if (state == State.STOP_PRE) {
            return Answer.LATER;
        }
        boolean runs = deps(Dep.TRIGGERS).stream().anyMatch(u -> !u.active().down());
        if (runs) {
            engine.log(this, true, "can't take over: its service runs already");
            failed("service-running", "its service runs already");
            set(State.FAILED);
            return Answer.FAILED;
        }
        if (!countStart()) {
            failed("start-limit-hit", "started too often in too short a time");
            set(State.FAILED);
            return Answer.FAILED;
        }
        result("success");
        set(State.START_PRE);
        index = 0;
        runOrListen();
        return Answer.UNDER_WAY;
    }

    private void runOrListen() {
        if (index < before.size()) {
            command(before.get(index));
            return;
        }
        opened = 0;
        options.launches(this).forEach(launch -> sockets.add(engine.processes().listen(this, launch)));
    }

    private void command(Command command) {
        try {
            control = run(command, Map.of(), List.of(), List.of());
        } catch (RuntimeException e) {
            engine.log(this, true, e.getMessage());
            fail("exit-code", e.getMessage());
        }
    }

    @Override public void listens(int id) {
        if (state == State.START_PRE && ++opened == sockets.size()) {
            set(State.LISTENING);
            sockets.forEach(engine.processes()::arm);
        }
    }

    @Override public void cannotListen(int id, String why) {
        engine.log(this, true, "can't listen on " + options.describe() + ": " + why);
        fail("resources", why);
    }

    private void fail(String word, String detail) {
        closeAll();
        closeGroup(true);
        failed(word, detail);
        set(State.FAILED);
    }

    private void closeAll() {
        sockets.forEach(engine.processes()::close);
        sockets.clear();
        if (removeOnStop) {
            options.paths().forEach(p -> {
                try {
                    Files.deleteIfExists(Path.of(p));
                } catch (IOException e) {
                    // a later start replaces it
                }
            });
        }
    }

    @Override Answer stop() {
        if (state == State.FAILED) {
            set(State.DEAD);
            return Answer.UNDER_WAY;
        }
        closeAll();
        index = 0;
        set(State.STOP_PRE);
        runAfter();
        return Answer.UNDER_WAY;
    }

    private void runAfter() {
        if (index < after.size()) {
            command(after.get(index));
        } else {
            closeGroup(true);
            set(State.DEAD);
        }
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
        boolean good = exit.clean(false, Exit.ExitSet.NONE) || process.command.mayFail();
        index++;
        if (state == State.START_PRE) {
            if (good) {
                runOrListen();
            } else {
                fail(exit.result(), exit.text());
            }
        } else if (state == State.STOP_PRE) {
            runAfter();
        }
    }

    @Override public void emptied(Group of) { }

    @Override public void groupFailed(String why) {
        engine.log(this, true, why);
    }

    // Traffic

    @Override public void traffic(int id, int connection, String peer) {
        if (engine.stopping() || active() != Active.ACTIVE) {
            drop(connection);
            return;
        }
        if (!limit.count(engine.world().nanos())) {
            drop(connection);
            fail("trigger-limit-hit", "triggered too often in too short a time");
            return;
        }
        if (connection != 0) {
            serve(connection, peer);
            return;
        }
        deps(Dep.TRIGGERS).stream().findFirst().ifPresent(service -> {
            if (state == State.LISTENING) {
                set(State.RUNNING);
            }
            engine.enqueue(service, JobType.START, Units.Mode.REPLACE);
            triggered(service);
        });
    }

    private void drop(int connection) {
        if (connection != 0) {
            engine.processes().close(connection);
        }
    }

    private void serve(int connection, String peer) {
        if (connections >= mostConnections) {
            engine.log(this, true, "a connection is refused: there are " + connections + " already (MaxConnections=)");
            drop(connection);
            return;
        }
        String instance = accepted++ + (peer.isEmpty() ? "" : "-" + UnitName.escape(peer));
        try {
            Unit unit = engine.unit(serviceName + "@" + instance + ".service");
            if (unit instanceof ServiceUnit service && unit.load() == org.cloudos.units.UnitStatus.Load.LOADED) {
                service.serves(List.of(connection), peer.isEmpty() ? "local:0" : peer);
                addDep(Dep.TRIGGERS, unit);
                connections++;
                engine.enqueue(unit, JobType.START, Units.Mode.REPLACE);
            } else {
                engine.log(this, true, "a connection is refused: there is no " + serviceName + "@.service that could serve it");
                drop(connection);
            }
        } catch (UnitException e) {
            engine.log(this, true, e.getMessage());
            drop(connection);
        }
    }

    @Override void triggered(Unit by) {
        if (!by.active().down() || by.job != null) {
            return;
        }
        if (accept) {
            if (deps(Dep.TRIGGERS).contains(by)) {
                connections--;
                engine.forgetInstance(this, by);
            }
        } else if (active() == Active.ACTIVE && state == State.RUNNING) {
            if (by.active() == Active.FAILED && by.result().equals("start-limit-hit")) {
                fail("service-start-limit-hit", by.id() + " was started too often");
                return;
            }
            set(State.LISTENING);
            sockets.forEach(engine.processes()::arm);
        }
    }

    long timeout() {
        return timeout;
    }

    @Override void describe(Map<String, String> properties) {
        properties.put("Listen", options == null ? "" : options.describe());
        properties.put("Accept", Boolean.toString(accept));
        properties.put("NAccepted", Long.toString(accepted));
        properties.put("NConnections", Integer.toString(connections));
    }
}
