package org.cloudos.units.engine;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.UUID;
import org.cloudos.units.engine.Processes.Group;
import org.cloudos.units.engine.ServiceConfig.Commands;
import org.cloudos.units.process.Cgroups;

/** What passes between a service and us beside signals: sd_notify(3), the watchdog, sockets, PID files, the environment. */
final class ServiceNotify {
    private static final String READY = "1";

    private final ServiceSteps service;
    private String socket = "";
    private String status = "";
    private String invocation = "";
    private long watchdogNanos = ServiceConfig.FOREVER;
    private Loop.Timer watchdog;
    private boolean reloadSeen;

    ServiceNotify(ServiceSteps service) {
        this.service = service;
    }

    void reset() {
        status = "";
        invocation = UUID.randomUUID().toString().replace("-", "");
        watchdogNanos = service.config.watchdog;
        reloadSeen = false;
    }

    void open(Group group) {
        Path folder = service.engine.world().folders().sockets();
        try {
            Files.createDirectories(folder);
            socket = folder.resolve(Integer.toString(group.number)).toString();
            service.engine.processes().notifySocket(group, socket);
        } catch (IOException e) {
            service.engine.log(service, true, "has no socket to tell its state: " + e.getMessage());
        }
    }

    void close() {
        if (watchdog != null) {
            watchdog.cancel();
            watchdog = null;
        }
        if (!socket.isEmpty()) {
            try {
                Files.deleteIfExists(Path.of(socket));
            } catch (IOException e) {
                // the next one of that name replaces it
            }
            socket = "";
        }
    }

    // Environment

    private Map<String, String> base() {
        Map<String, String> environment = new LinkedHashMap<>();
        environment.put("INVOCATION_ID", invocation);
        if (!socket.isEmpty()) {
            environment.put("NOTIFY_SOCKET", socket);
        }
        return environment;
    }

    Map<String, String> environment(Commands kind, Exit last, String outcome) {
        Map<String, String> environment = base();
        if (service.config.notifyAccess.equals("main")) {
            environment.remove("NOTIFY_SOCKET");
        }
        if (service.mainPid() > 0) {
            environment.put("MAINPID", Long.toString(service.mainPid()));
        }
        if (kind == Commands.STOP || kind == Commands.STOP_POST) {
            environment.put("SERVICE_RESULT", outcome);
            if (last != null && last.code() != 0) {
                environment.put("EXIT_CODE", last.normal() ? "exited" : last.result().equals("core-dump") ? "dumped" : "killed");
                environment.put("EXIT_STATUS", last.normal() ? Integer.toString(last.status()) : Signals.name(last.status()));
            }
        }
        return environment;
    }

    Map<String, String> startEnvironment(List<Integer> sockets, String peer) {
        Map<String, String> environment = base();
        if (watchdogNanos != ServiceConfig.FOREVER) {
            environment.put("WATCHDOG_USEC", Long.toString(watchdogNanos / 1000));
        }
        if (!sockets.isEmpty()) {
            environment.put("LISTEN_FDS", Integer.toString(sockets.size()));
            environment.put("LISTEN_FDNAMES", peer.isEmpty() ? String.join(":", socketNames()) : "connection");
        }
        if (peer.lastIndexOf(':') > 0) {
            environment.put("REMOTE_ADDR", peer.substring(0, peer.lastIndexOf(':')));
            environment.put("REMOTE_PORT", peer.substring(peer.lastIndexOf(':') + 1));
        }
        return environment;
    }

    List<String> pidNames(List<Integer> sockets) {
        List<String> names = new ArrayList<>(List.of("SYSTEMD_EXEC_PID"));
        if (!sockets.isEmpty()) {
            names.add("LISTEN_PID");
        }
        if (watchdogNanos != ServiceConfig.FOREVER) {
            names.add("WATCHDOG_PID");
        }
        return names;
    }

    private List<SocketUnit> socketUnits() {
        if (service.deps(Dep.TRIGGERED_BY).isEmpty()) {
            return List.of();
        }
        return service.deps(Dep.TRIGGERED_BY).stream().filter(SocketUnit.class::isInstance).map(SocketUnit.class::cast).filter(s -> !s.accepts()).toList();
    }

    List<Integer> sockets() {
        return socketUnits().stream().flatMap(s -> s.sockets().stream()).toList();
    }

    private List<String> socketNames() {
        return socketUnits().stream().flatMap(s -> s.sockets().stream().map(i -> s.descriptorName())).toList();
    }

    // Messages

    void message(long pid, String text) {
        if (!allowed(pid)) {
            service.engine.log(service, true, "a message of its process " + pid + " is not taken: NotifyAccess=" + service.config.notifyAccess);
            return;
        }
        for (String line : text.split("\n")) {
            int equals = line.indexOf('=');
            if (equals > 0) {
                variable(line.substring(0, equals), line.substring(equals + 1));
            }
        }
    }

    private void variable(String name, String value) {
        ServiceState state = service.state();
        switch (name) {
            case "READY" -> {
                if (value.equals(READY)) {
                    ready(state);
                }
            }
            case "RELOADING" -> {
                if (value.equals(READY) && (state == ServiceState.RUNNING || state == ServiceState.RELOAD_NOTIFY)) {
                    reloadSeen = true;
                    service.set(ServiceState.RELOAD_NOTIFY);
                }
            }
            case "STOPPING" -> {
                if (value.equals(READY)) {
                    service.stopping();
                }
            }
            case "STATUS" -> status = value.length() > 1000 ? value.substring(0, 1000) : value;
            case "MAINPID" -> number(value).filter(this::inGroup).ifPresent(service::mainPid);
            case "WATCHDOG" -> {
                if (value.equals("trigger")) {
                    service.watchdogExpired();
                } else if (value.equals(READY)) {
                    watchdog();
                }
            }
            case "WATCHDOG_USEC" -> number(value).ifPresent(us -> {
                watchdogNanos = us == 0 ? ServiceConfig.FOREVER : us * 1000;
                watchdog();
            });
            case "EXTEND_TIMEOUT_USEC" -> number(value).filter(us -> state.starting() || state.ending()).ifPresent(us -> service.arm(us * 1000));
            default -> { } // FDSTORE and the like: docs/services.md
        }
    }

    private void ready(ServiceState state) {
        if (state == ServiceState.START && service.config.type.startsWith("notify")) {
            service.startPost();
        } else if (state == ServiceState.RELOAD_NOTIFY && reloadSeen) {
            reloadSeen = false;
            service.reloaded();
        }
    }

    void reloading() {
        reloadSeen = false;
    }

    private static Optional<Long> number(String text) {
        return text.matches("\\d{1,15}") ? Optional.of(Long.parseLong(text)) : Optional.empty();
    }

    private boolean allowed(long pid) {
        boolean isMain = pid == service.mainPid() || service.main != null && pid == service.main.pid;
        boolean isControl = service.control != null && pid == service.control.pid;
        return switch (service.config.notifyAccess) {
            case "main" -> isMain;
            case "exec" -> isMain || isControl;
            case "all" -> isMain || isControl || inGroup(pid);
            default -> false;
        };
    }

    private boolean inGroup(long pid) {
        Group group = service.group;
        if (group == null) {
            return false;
        }
        if (group.cgroup != null) {
            return Cgroups.processes(group.cgroup).contains(pid);
        }
        // Without a control group: whoever comes from a keeper that comes from us; programs that ended can't be asked any more.
        return ProcessHandle.of(pid).map(p -> ProcessHandle.current().descendants().anyMatch(d -> d.pid() == pid)).orElse(false);
    }

    /** Each sign of life winds it up. */
    void watchdog() {
        if (watchdog != null) {
            watchdog.cancel();
            watchdog = null;
        }
        boolean alive = service.state() == ServiceState.RUNNING || service.state() == ServiceState.START_POST || service.state() == ServiceState.RELOAD;
        if (watchdogNanos != ServiceConfig.FOREVER && alive) {
            watchdog = service.engine.loop().after(watchdogNanos, service::watchdogExpired);
        }
    }

    // The main process of daemons

    /** @return 0 when it is not there yet, or not good */
    long readPidFile() {
        try {
            String text = Files.readString(Path.of(service.config.pidFile)).strip();
            return number(text).filter(pid -> pid > 1 && ProcessHandle.of(pid).isPresent() && inGroup(pid)).orElse(0L);
        } catch (IOException | RuntimeException e) {
            return 0;
        }
    }

    void deletePidFile() {
        if (!service.config.pidFile.isEmpty()) {
            try {
                Files.deleteIfExists(Path.of(service.config.pidFile));
            } catch (IOException e) {
                // the next start overwrites it
            }
        }
    }

    /** The one process of the group whose parent is not in it. */
    Optional<Long> guessMain() {
        Group group = service.group;
        if (group == null || group.cgroup == null) {
            return Optional.empty();
        }
        List<Long> all = Cgroups.processes(group.cgroup);
        List<Long> roots = all.stream().filter(p -> ProcessHandle.of(p).flatMap(ProcessHandle::parent).map(h -> !all.contains(h.pid())).orElse(true)).toList();
        return roots.size() == 1 ? Optional.of(roots.getFirst()) : Optional.empty();
    }

    void describe(Map<String, String> properties) {
        if (!status.isEmpty()) {
            properties.put("StatusText", status);
        }
        if (!invocation.isEmpty()) {
            properties.put("InvocationID", invocation);
        }
    }
}
