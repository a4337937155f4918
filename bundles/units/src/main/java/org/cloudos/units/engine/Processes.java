package org.cloudos.units.engine;

import java.io.IOException;
import java.nio.file.Path;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.concurrent.ConcurrentHashMap;
import java.util.function.Function;
import org.cloudos.units.file.Command;
import org.cloudos.units.process.Cgroups;
import org.cloudos.units.process.Errno;
import org.cloudos.units.process.Launch;
import org.cloudos.units.process.Spawner;

/** The processes of all units: who started what, and what became of it. */
public final class Processes {
    private final World world;
    private final Loop loop;
    private final Spawner spawner;
    private final Map<Integer, Group> groups = new HashMap<>();
    private final Map<Integer, Running> running = new HashMap<>();
    private final Map<Long, Group> watched = new HashMap<>();
    private final Map<Integer, Listening> sockets = new HashMap<>();
    private final Map<Integer, OutputLines> outputs = new ConcurrentHashMap<>(); // also used by the reader of spawn
    private int next = 1;

    /** @param spawner makes what starts processes, given who is to be told */
    public Processes(World world, Loop loop, Function<Spawner.Listener, Spawner> spawner) {
        this.world = world;
        this.loop = loop;
        this.spawner = spawner.apply(new Events());
    }

    /** Who has processes. */
    interface Owner {
        String unitName();

        /** It has a process id; what it will execute is another question. */
        void forked(Running process);

        void executing(Running process);

        void ended(Running process, Exit exit);

        /** A process that was not started here, but watched: the main process of a daemon. */
        void vanished(long pid, Exit exit);

        void emptied(Group group);

        /** The kernel ended some of its processes for want of memory. */
        default void outOfMemory(Group group) { }

        void notified(long pid, String text);

        void groupFailed(String why);
    }

    /** Who has sockets. */
    interface Listening {
        void listens(int id);

        void cannotListen(int id, String why);

        void traffic(int id, int connection, String peer);
    }

    /** What a unit's processes can't get out of, for one activation. */
    static final class Group {
        final int number;
        final Owner owner;
        final Path cgroup; // null: a keeper
        boolean filled;

        Group(int number, Owner owner, Path cgroup) {
            this.number = number;
            this.owner = owner;
            this.cgroup = cgroup;
        }
    }

    /** A process that was started here. */
    static final class Running {
        final int id;
        final Group group;
        final Command command;
        long pid;
        boolean executes;
        String trouble = "";

        Running(int id, Group group, Command command) {
            this.id = id;
            this.group = group;
            this.command = command;
        }
    }

    /** Something will be started soon. */
    void prepare() {
        spawner.prepare();
    }

    /** Lets what was asked for go. */
    void flush() {
        spawner.flush();
    }

    Group open(Owner owner, List<String> slices) {
        Path cgroup = null;
        if (world.cgroups().isPresent()) {
            try {
                cgroup = world.cgroups().get().make(slices, owner.unitName());
            } catch (IOException e) {
                world.log(owner.unitName(), true, "has no control group of its own: " + e.getMessage());
            }
        }
        Group group = new Group(next++, owner, cgroup);
        groups.put(group.number, group);
        spawner.group(group.number, cgroup == null ? null : cgroup.toString());
        return group;
    }

    Running start(Group group, Command command, Launch launch, OutputLines lines) {
        Running process = new Running(next++, group, command);
        running.put(process.id, process);
        if (lines != null) {
            outputs.put(process.id, lines);
        }
        spawner.start(group.number, process.id, launch);
        return process;
    }

    void kill(Group group, long pid, int signal) {
        spawner.kill(group.number, pid, signal);
    }

    void watch(Group group, long pid) {
        watched.put(pid, group);
        spawner.watch(group.number, pid);
    }

    void notifySocket(Group group, String path) {
        spawner.notifySocket(group.number, path);
    }

    void drop(Group group) {
        groups.remove(group.number);
        watched.values().removeIf(g -> g == group);
        running.values().removeIf(r -> r.group == group);
        spawner.drop(group.number);
        Path cgroup = group.cgroup;
        if (cgroup != null && !Cgroups.remove(cgroup)) {
            loop.after(100_000_000, () -> Cgroups.remove(cgroup)); // what is killed takes a moment
        }
    }

    int listen(Listening owner, Launch socket) {
        int id = next++;
        sockets.put(id, owner);
        spawner.listen(id, socket);
        return id;
    }

    void arm(int id) {
        spawner.arm(id);
    }

    void close(int id) {
        sockets.remove(id);
        spawner.close(id);
    }

    /** Told by spawn, on its reader's thread. */
    private final class Events implements Spawner.Listener {
        @Override public void started(int group, int id, long pid) {
            OutputLines lines = outputs.get(id);
            if (lines != null) {
                lines.pid(pid);
            }
            loop.post(() -> {
                Running process = running.get(id);
                if (process != null) {
                    process.pid = pid;
                    process.group.filled = true;
                    watched.put(pid, process.group);
                    process.group.owner.forked(process);
                }
            });
        }

        @Override public void executing(int group, int id) {
            loop.post(() -> {
                Running process = running.get(id);
                if (process != null) {
                    process.executes = true;
                    process.group.owner.executing(process);
                }
            });
        }

        @Override public void failed(int group, int id, int step, int errno, String what) {
            loop.post(() -> {
                String why = what + ": " + Errno.text(errno);
                if (sockets.containsKey(id) && group == 0) {
                    sockets.get(id).cannotListen(id, why);
                } else if (id == 0 && groups.containsKey(group)) {
                    groups.get(group).owner.groupFailed(why);
                } else if (running.containsKey(id)) {
                    Running process = running.get(id);
                    process.trouble = why;
                    world.log(process.group.owner.unitName(), true, "can't run " + process.command.path() + ": " + why
                            + " (step " + Exit.exited(step).text() + ")");
                    if (process.pid == 0) { // it never was
                        running.remove(id);
                        process.group.owner.ended(process, Exit.exited(step));
                    }
                }
            });
        }

        @Override public void ended(int group, int id, long pid, int code, int status) {
            loop.post(() -> {
                Group watchedIn = watched.remove(pid);
                Running process = running.remove(id);
                if (process != null) {
                    process.group.owner.ended(process, new Exit(code, status));
                } else if (watchedIn != null) {
                    watchedIn.owner.vanished(pid, new Exit(code, status));
                }
            });
        }

        @Override public void empty(int number) {
            loop.post(() -> {
                Group group = groups.get(number);
                if (group != null) {
                    group.filled = false;
                    group.owner.emptied(group);
                }
            });
        }

        @Override public void outOfMemory(int number, int ended) {
            loop.post(() -> {
                Group group = groups.get(number);
                if (group != null) {
                    group.owner.outOfMemory(group);
                }
            });
        }

        @Override public void output(int group, int id, byte[] bytes, boolean error) {
            OutputLines lines = outputs.get(id);
            if (lines != null) {
                lines.add(bytes);
                if (bytes.length == 0 && !error) {
                    outputs.remove(id);
                }
            }
        }

        @Override public void notification(int number, long pid, String text) {
            loop.post(() -> {
                Group group = groups.get(number);
                if (group != null) {
                    group.owner.notified(pid, text);
                }
            });
        }

        @Override public void listening(int id) {
            loop.post(() -> {
                if (sockets.containsKey(id)) {
                    sockets.get(id).listens(id);
                }
            });
        }

        @Override public void traffic(int id, int connection, String peer) {
            loop.post(() -> {
                if (sockets.containsKey(id)) {
                    sockets.get(id).traffic(id, connection, peer);
                } else if (connection != 0) {
                    spawner.close(connection);
                }
            });
        }

        @Override public void gone(String reason) {
            loop.post(() -> lost(reason));
        }
    }

    private void lost(String reason) {
        world.log("", true, "all native services are lost: " + reason);
        Exit killed = new Exit(2, Signals.KILL);
        for (Running process : List.copyOf(running.values())) {
            if (running.remove(process.id) != null) {
                process.trouble = reason;
                process.group.owner.ended(process, killed);
            }
        }
        for (Group group : List.copyOf(groups.values())) {
            List.copyOf(watched.entrySet()).stream().filter(e -> e.getValue() == group).forEach(e -> {
                watched.remove(e.getKey());
                group.owner.vanished(e.getKey(), killed);
            });
            if (group.cgroup != null) {
                Cgroups.limit(group.cgroup, "cgroup.kill", "1");
            }
            if (group.filled) {
                group.filled = false;
                group.owner.emptied(group);
            }
        }
        List.copyOf(sockets.entrySet()).forEach(s -> s.getValue().cannotListen(s.getKey(), reason));
    }
}
