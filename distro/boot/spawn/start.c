/* Processes, as their parent sees them: started, watched, ended. */
#include "spawn.h"
#include <linux/sched.h>
#include <sys/syscall.h>

/* A process that was started here, until it is reaped. */
static struct known { pid_t pid; uint32_t group, id; } *known;
static size_t known_count, known_size;

void known_add(pid_t pid, uint32_t group, uint32_t id) {
    if (known_count == known_size) {
        known_size = known_size ? known_size * 2 : 64;
        known = realloc(known, known_size * sizeof *known);
        if (!known) _exit(STEP_MEMORY);
    }
    known[known_count++] = (struct known) {pid, group, id};
}

static struct known known_take(pid_t pid) {
    for (size_t i = 0; i < known_count; i++)
        if (known[i].pid == pid) {
            struct known found = known[i];
            known[i] = known[--known_count];
            return found;
        }
    return (struct known) {pid, 0, 0};
}

void reap(void) {
    siginfo_t info;
    for (;;) {
        info.si_pid = 0;
        if (waitid(P_ALL, 0, &info, WEXITED | WNOHANG) || !info.si_pid) return;
        struct known k = known_take(info.si_pid);
        uint32_t numbers[3] = {(uint32_t) info.si_pid, (uint32_t) info.si_code, (uint32_t) info.si_status};
        struct task_group *g = is_keeper() ? group_first() : group_find(k.group);
        tell('E', g ? g->id : 0, k.id, numbers, sizeof numbers);
        if (g) group_check(g);
    }
}

static void exec_result(struct source *s, uint32_t events) {
    (void) events;
    struct { int step, error; char text[400]; } failure = {0};
    ssize_t n = read(s->fd, &failure, sizeof failure - 1);
    if (n <= 0) tell('X', s->group, s->id, NULL, 0); /* closed by exec */
    else tell_failure(s->group, s->id, (enum step) failure.step, failure.error, failure.text);
    unwatch(s);
}

static void output(struct source *s, uint32_t events) {
    (void) events;
    static char block[32768];
    if (congested()) {
        s->paused = true;
        arm(s, 0);
        return;
    }
    ssize_t n = read(s->fd, block, sizeof block);
    if (n > 0) tell(s->op, s->group, s->id, block, (size_t) n);
    else if (n == 0 || errno != EAGAIN) {
        tell(s->op, s->group, s->id, NULL, 0); /* its end */
        unwatch(s);
    }
}

static pid_t fork_into(const struct task_group *g) {
    if (g->dir < 0) return fork();
    struct clone_args args = {.flags = CLONE_INTO_CGROUP, .exit_signal = SIGCHLD, .cgroup = (unsigned) g->dir};
    return (pid_t) syscall(SYS_clone3, &args, sizeof args);
}

/* Sockets named by fd=ID: from our table, or in a keeper those that came along. */
static bool collect(struct child *c) {
    const char *at = NULL;
    for (const char *id; (id = each(c, "fd", &at));) {
        int fd = is_keeper() ? next_received() : socket_fd((uint32_t) strtoul(id, NULL, 10));
        if (fd < 0 || c->count == sizeof c->fds / sizeof *c->fds) return false;
        c->fds[c->count++] = fd;
    }
    return true;
}

static bool pipes(const struct frame *f, uint32_t flags, int status[2], int out[2], int err[2]) {
    if (pipe2(status, O_CLOEXEC)) return false;
    if (flags & FLAG_OUTPUT) {
        if (pipe2(out, O_CLOEXEC)) return false;
        fcntl(out[0], F_SETFL, O_NONBLOCK);
        watch(out[0], EPOLLIN, output, f->group, f->id, 'O');
    }
    if (flags & FLAG_SEPARATE) {
        if (pipe2(err, O_CLOEXEC)) return false;
        fcntl(err[0], F_SETFL, O_NONBLOCK);
        watch(err[0], EPOLLIN, output, f->group, f->id, 'o');
    }
    return true;
}

void start(const struct frame *f) {
    uint32_t flags = 0;
    struct task_group *g = group_find(f->group);
    struct child c = {.output = -1, .error = -1};
    int status[2] = {-1, -1}, out[2] = {-1, -1}, err[2] = {-1, -1};
    if (!g || f->length < sizeof flags) {
        tell_failure(f->group, f->id, STEP_CGROUP, ENOENT, "no such group");
        return;
    }
    memcpy(&flags, f->payload, sizeof flags);
    c.text = f->payload + sizeof flags, c.end = f->payload + f->length;
    if (!collect(&c)) {
        tell_failure(f->group, f->id, STEP_FDS, EBADF, "a socket for the service");
        return;
    }
    if (g->channel >= 0) {
        relay(g, f, c.fds, c.count);
        return;
    }
    pid_t pid = pipes(f, flags, status, out, err) ? fork_into(g) : -1;
    if (pid == 0) {
        c.status = status[1], c.output = out[1], c.error = err[1] < 0 ? out[1] : err[1];
        child_run(&c);
    }
    int error = errno;
    if (status[1] >= 0) close(status[1]);
    if (out[1] >= 0) close(out[1]);
    if (err[1] >= 0) close(err[1]);
    for (int i = 0; is_keeper() && i < c.count; i++) close(c.fds[i]);
    if (pid < 0) {
        if (status[0] >= 0) close(status[0]);
        tell_failure(f->group, f->id, STEP_CGROUP, error, "fork");
        return;
    }
    g->filled = true;
    known_add(pid, f->group, f->id);
    tell_number('P', f->group, f->id, (uint32_t) pid, "");
    watch(status[0], EPOLLIN, exec_result, f->group, f->id, 0);
}

/* Whether a process is ours to signal: not yet reaped, or in the group. A process id may be another's by now. */
static bool ours(const struct task_group *g, pid_t pid) {
    siginfo_t info;
    char line[16];
    if (waitid(P_PID, (id_t) pid, &info, WEXITED | WNOHANG | WNOWAIT) == 0) return true;
    int fd = g->dir < 0 ? -1 : openat(g->dir, "cgroup.procs", O_RDONLY | O_CLOEXEC);
    FILE *all = fd < 0 ? NULL : fdopen(fd, "r");
    bool found = false;
    while (all && !found && fgets(line, sizeof line, all)) found = atoi(line) == pid;
    if (all) fclose(all);
    return found || (is_keeper() && kill(pid, 0) == 0);
}

void kill_for(const struct frame *f) {
    uint32_t numbers[2];
    struct task_group *g = group_find(f->group);
    if (!g || f->length < sizeof numbers) return;
    memcpy(numbers, f->payload, sizeof numbers);
    if (g->channel >= 0) relay(g, f, NULL, 0);
    else if (!numbers[0]) group_kill(g, (int) numbers[1]);
    else if (ours(g, (pid_t) numbers[0])) kill((pid_t) numbers[0], (int) numbers[1]);
}

static void vanished(struct source *s, uint32_t events) {
    (void) events;
    uint32_t numbers[3] = {s->id, 0, 0}; /* how it ended is its parent's to know */
    tell('E', s->group, 0, numbers, sizeof numbers);
    unwatch(s);
}

/* A main process that isn't our child: a daemon's, whose parent lives. Our own children are told of when they are reaped. */
void watch_process(const struct frame *f) {
    siginfo_t info;
    struct task_group *g = group_find(f->group);
    if (g && g->channel >= 0) {
        relay(g, f, NULL, 0);
        return;
    }
    if (waitid(P_PID, (id_t) f->id, &info, WEXITED | WNOHANG | WNOWAIT) == 0) return;
    int fd = (int) syscall(SYS_pidfd_open, (pid_t) f->id, 0);
    if (fd >= 0) {
        fcntl(fd, F_SETFD, FD_CLOEXEC);
        watch(fd, EPOLLIN, vanished, f->group, f->id, 0);
        return;
    }
    uint32_t numbers[3] = {f->id, 0, 0};
    tell('E', f->group, 0, numbers, sizeof numbers);
}
