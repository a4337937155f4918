package org.cloudos.linux.ffm;

import static java.lang.foreign.ValueLayout.ADDRESS;
import static java.lang.foreign.ValueLayout.JAVA_INT;
import static java.lang.foreign.ValueLayout.JAVA_LONG;

import java.lang.foreign.Arena;
import java.lang.foreign.MemorySegment;
import java.lang.invoke.MethodHandle;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import org.cloudos.linux.LinuxException;
import org.cloudos.linux.fuse.FuseChannel;

/**
 * {@code fusermount3}, which may mount for users: it opens {@code /dev/fuse}, mounts, and sends the descriptor back over a socket whose
 * number stands in {@code _FUSE_COMMFD}. The JDK starts programs without further descriptors, so this one is started by posix_spawn(3).
 */
final class FuserMount {
    private static final String PROGRAM = "fusermount3";
    private static final int AF_UNIX = 1, SOCK_STREAM = 1, SOCK_CLOEXEC = 02000000, SOL_SOCKET = 1, SCM_RIGHTS = 1, CHILD_SOCKET = 3;
    private static final int FILE_ACTIONS = 80; // sizeof(posix_spawn_file_actions_t) of glibc
    // struct msghdr: 16 iov(8) · 24 iovlen(8) · 32 control(8) · 40 controllen(8); struct cmsghdr: 0 len(8) · 8 level(4) · 12 type(4) · 16 data
    private static final int MSGHDR = 56, CONTROL = 24;
    private static final MethodHandle SOCKETPAIR = Libc.link("socketpair", JAVA_INT, JAVA_INT, JAVA_INT, JAVA_INT, ADDRESS);
    private static final MethodHandle RECVMSG = Libc.link("recvmsg", JAVA_LONG, JAVA_INT, ADDRESS, JAVA_INT);
    private static final MethodHandle WAITPID = Libc.link("waitpid", JAVA_INT, JAVA_INT, ADDRESS, JAVA_INT);
    private static final MethodHandle ACTIONS_INIT = Libc.link("posix_spawn_file_actions_init", JAVA_INT, ADDRESS);
    private static final MethodHandle ACTIONS_DUP2 = Libc.link("posix_spawn_file_actions_adddup2", JAVA_INT, ADDRESS, JAVA_INT, JAVA_INT);
    private static final MethodHandle ACTIONS_DESTROY = Libc.link("posix_spawn_file_actions_destroy", JAVA_INT, ADDRESS);
    private static final MethodHandle SPAWN = Libc.link("posix_spawnp", JAVA_INT, ADDRESS, ADDRESS, ADDRESS, ADDRESS, ADDRESS, ADDRESS);

    private FuserMount() { }

    static FuseChannel mount(String folder, String options) throws LinuxException {
        try (Arena arena = Arena.ofConfined()) {
            MemorySegment pair = arena.allocate(JAVA_INT, 2);
            check("socketpair", Descriptor.call(state -> (int) SOCKETPAIR.invokeExact(state, AF_UNIX, SOCK_STREAM | SOCK_CLOEXEC, 0, pair)));
            int ours = pair.getAtIndex(JAVA_INT, 0), theirs = pair.getAtIndex(JAVA_INT, 1);
            int pid;
            try {
                pid = spawn(arena, theirs, List.of(PROGRAM, "-o", options, "--", folder));
            } catch (LinuxException e) {
                Descriptor.closeNow(ours);
                throw e;
            } finally {
                Descriptor.closeNow(theirs);
            }
            int fd;
            try {
                fd = receive(arena, ours);
            } finally {
                Descriptor.closeNow(ours);
            }
            MemorySegment status = arena.allocate(JAVA_INT);
            Descriptor.call(state -> (int) WAITPID.invokeExact(state, pid, status, 0));
            if (fd < 0) {
                throw new LinuxException(PROGRAM + " on " + folder, Libc.EPERM, "the reason stands before this line");
            }
            return new FuseDevice(fd);
        }
    }

    private static int spawn(Arena arena, int socket, List<String> command) throws LinuxException {
        List<String> environment = new ArrayList<>();
        environment.add("_FUSE_COMMFD=" + CHILD_SOCKET);
        for (Map.Entry<String, String> e : System.getenv().entrySet()) {
            environment.add(e.getKey() + "=" + e.getValue());
        }
        MemorySegment actions = arena.allocate(FILE_ACTIONS, 8), pid = arena.allocate(JAVA_INT), program = arena.allocateFrom(command.getFirst());
        MemorySegment arguments = strings(arena, command), variables = strings(arena, environment);
        check("posix_spawn_file_actions_init", -Descriptor.call(state -> (int) ACTIONS_INIT.invokeExact(state, actions)));
        try {
            check("adddup2", -Descriptor.call(state -> (int) ACTIONS_DUP2.invokeExact(state, actions, socket, CHILD_SOCKET)));
            long errno = Descriptor.call(state -> (int) SPAWN.invokeExact(state, pid, program, actions, MemorySegment.NULL, arguments, variables));
            if (errno != 0) {
                throw Libc.failure(PROGRAM + " (package fuse3)", (int) errno);
            }
            return pid.get(JAVA_INT, 0);
        } finally {
            Descriptor.call(state -> (int) ACTIONS_DESTROY.invokeExact(state, actions));
        }
    }

    /** @return a descriptor that came with a message; -1 when the other side closed without one */
    private static int receive(Arena arena, int socket) {
        MemorySegment message = arena.allocate(MSGHDR, 8), vector = arena.allocate(16, 8), data = arena.allocate(1), control = arena.allocate(CONTROL, 8);
        vector.set(ADDRESS, 0, data);
        vector.set(JAVA_LONG, 8, 1);
        message.set(ADDRESS, 16, vector);
        message.set(JAVA_LONG, 24, 1);
        message.set(ADDRESS, 32, control);
        message.set(JAVA_LONG, 40, CONTROL);
        long received = Descriptor.call(state -> (long) RECVMSG.invokeExact(state, socket, message, 0x40000000)); // MSG_CMSG_CLOEXEC
        boolean rights = received > 0 && message.get(JAVA_LONG, 40) >= 20 && control.get(JAVA_INT, 8) == SOL_SOCKET
                && control.get(JAVA_INT, 12) == SCM_RIGHTS;
        return rights ? control.get(JAVA_INT, 16) : -1;
    }

    private static MemorySegment strings(Arena arena, List<String> strings) {
        MemorySegment array = arena.allocate(ADDRESS, strings.size() + 1L);
        for (int i = 0; i < strings.size(); i++) {
            array.setAtIndex(ADDRESS, i, arena.allocateFrom(strings.get(i)));
        }
        return array;
    }

    private static void check(String call, long result) throws LinuxException {
        if (result < 0) {
            throw Libc.failure(call, (int) -result);
        }
    }

    static void unmount(String folder, boolean detach) throws LinuxException {
        MountCalls.Ended ended = detach ? MountCalls.Ended.of(PROGRAM, "-u", "-z", "--", folder) : MountCalls.Ended.of(PROGRAM, "-u", "--", folder);
        if (ended.status() != 0) {
            throw new LinuxException("unmount of " + folder, Libc.EBUSY, ended.said().isEmpty() ? "refused" : ended.said());
        }
    }
}
