/* Groups: what a service's processes can't get out of. A control group where there is one. Else a keeper: a fork of this
 * program that is the child subreaper (prctl(2)) of all that it starts, so that its descendants stay its descendants. */
#include "spawn.h"
#include <dirent.h>
#include <poll.h>
#include <sys/socket.h>
#include <time.h>

enum { GRACE_MS = 2000, STEP_MS = 10, MOST_PROCESSES = 65536, ROUNDS = 200, MOST_FDS = 64 };

static struct task_group *groups;

struct task_group *group_find(uint32_t id) {
    struct task_group *g = groups;
    while (g && g->id != id) g = g->next;
    return g;
}

/* The only one, in a keeper. */
struct task_group *group_first(void) {
    return groups;
}

struct task_group *group_add(uint32_t id) {
    struct task_group *g = calloc(1, sizeof *g);
    if (!g) _exit(STEP_MEMORY);
    *g = (struct task_group) {.id = id, .dir = -1, .events = -1, .memory = -1, .channel = -1, .next = groups};
    return groups = g;
}

static void group_remove(struct task_group *g) {
    for (struct task_group **p = &groups; *p; p = &(*p)->next)
        if (*p == g) {
            *p = g->next;
            break;
        }
    if (g->dir >= 0) close(g->dir);
    free(g->path);
    free(g);
}

static void from_keeper(struct source *s, uint32_t events) {
    (void) events;
    struct task_group *g = group_find(s->group);
    struct frame head;
    if (congested()) {
        s->paused = true;
        arm(s, 0);
        return;
    }
    static char payload[MOST_PAYLOAD];
    ssize_t n = recv(s->fd, &head, HEADER, MSG_WAITALL);
    if (n == HEADER && head.length <= sizeof payload
        && (!head.length || recv(s->fd, payload, head.length, MSG_WAITALL) == (ssize_t) head.length)) {
        tell(head.op, head.group, head.id, payload, head.length);
        return;
    }
    tell('Z', s->group, 0, NULL, 0); /* the keeper is gone, and with it all that it kept */
    if (g) g->channel = -1;
    unwatch(s);
}

static void make_keeper(struct task_group *g) {
    int pair[2];
    if (socketpair(AF_UNIX, SOCK_STREAM | SOCK_CLOEXEC, 0, pair)) {
        tell_failure(g->id, 0, STEP_CGROUP, errno, "socketpair");
        return;
    }
    pid_t pid = fork();
    if (pid == 0) {
        uint32_t id = g->id;
        while (groups) group_remove(groups);
        become_keeper(pair[1], id);
    }
    close(pair[1]);
    if (pid < 0) {
        tell_failure(g->id, 0, STEP_CGROUP, errno, "fork");
        close(pair[0]);
        return;
    }
    g->channel = pair[0];
    watch(pair[0], EPOLLIN, from_keeper, g->id, 0, 0);
}

static void events_changed(struct source *s, uint32_t events) {
    (void) events;
    struct task_group *g = group_find(s->group);
    if (g) group_check(g);
}

/* The kernel ended processes of the group to get memory back: cgroup v2, memory.events, oom_kill. */
static void memory_changed(struct source *s, uint32_t events) {
    (void) events;
    char text[512] = "";
    struct task_group *g = group_find(s->group);
    ssize_t n = pread(s->fd, text, sizeof text - 1, 0);
    const char *at = n > 0 ? strstr(text, "oom_kill ") : NULL;
    unsigned ended = at ? (unsigned) strtoul(at + strlen("oom_kill "), NULL, 10) : 0;
    if (!g || ended <= g->ended_by_memory) return;
    g->ended_by_memory = ended;
    tell_number('M', g->id, 0, ended, "");
}

void group_make(const struct frame *f) {
    if (group_find(f->group)) return;
    struct task_group *g = group_add(f->group);
    if (strncmp(f->payload, "cgroup=", 7)) {
        make_keeper(g);
        return;
    }
    g->path = strdup(f->payload + 7);
    g->dir = open(g->path, O_RDONLY | O_DIRECTORY | O_CLOEXEC);
    g->events = g->dir < 0 ? -1 : openat(g->dir, "cgroup.events", O_RDONLY | O_CLOEXEC);
    if (g->events < 0) tell_failure(g->id, 0, STEP_CGROUP, errno, g->path);
    else watch(g->events, EPOLLPRI, events_changed, g->id, 0, 0);
    g->memory = g->dir < 0 ? -1 : openat(g->dir, "memory.events", O_RDONLY | O_CLOEXEC);
    if (g->memory >= 0) watch(g->memory, EPOLLPRI, memory_changed, g->id, 0, 0);
}

/* In a keeper: whether `pid` descends from it, by the table of parents. */
static bool descends(const pid_t (*table)[2], int count, pid_t pid, pid_t from) {
    for (int hops = 0; pid > 1 && hops < 1000; hops++) {
        int i = 0;
        while (i < count && table[i][0] != pid) i++;
        if (i == count) return false;
        pid = table[i][1];
        if (pid == from) return true;
    }
    return false;
}

static int read_parents(pid_t (*table)[2], int most) {
    DIR *proc = opendir("/proc");
    int count = 0;
    for (struct dirent *e; proc && count < most && (e = readdir(proc));) {
        char path[300], text[512], *after;
        if (e->d_name[0] < '1' || e->d_name[0] > '9') continue;
        snprintf(path, sizeof path, "/proc/%s/stat", e->d_name);
        int fd = open(path, O_RDONLY | O_CLOEXEC);
        ssize_t n = fd < 0 ? -1 : read(fd, text, sizeof text - 1);
        if (fd >= 0) close(fd);
        if (n <= 0) continue;
        text[n] = 0;
        char state;
        int parent;
        if (!(after = strrchr(text, ')')) || sscanf(after, ") %c %d", &state, &parent) != 2 || state == 'Z') continue;
        table[count][0] = (pid_t) atoi(e->d_name), table[count++][1] = parent;
    }
    if (proc) closedir(proc);
    return count;
}

static int signal_descendants(int signal) {
    static pid_t table[MOST_PROCESSES][2];
    int count = read_parents(table, MOST_PROCESSES), sent = 0;
    for (int i = 0; i < count; i++)
        if (descends((const pid_t (*)[2]) table, count, table[i][0], getpid()) && kill(table[i][0], signal) == 0) sent++;
    return sent;
}

static int signal_cgroup(int dir, int signal) {
    int sent = 0, fd = openat(dir, "cgroup.procs", O_RDONLY | O_CLOEXEC);
    FILE *processes = fd < 0 ? NULL : fdopen(fd, "r");
    for (int pid; processes && fscanf(processes, "%d", &pid) == 1;)
        if (pid > 0 && kill(pid, signal) == 0) sent++;
    if (processes) fclose(processes);
    fd = openat(dir, ".", O_RDONLY | O_DIRECTORY | O_CLOEXEC);
    DIR *all = fd < 0 ? NULL : fdopendir(fd);
    for (struct dirent *e; all && (e = readdir(all));) {
        if (e->d_type != DT_DIR || e->d_name[0] == '.') continue;
        int below = openat(dir, e->d_name, O_RDONLY | O_DIRECTORY | O_CLOEXEC);
        if (below >= 0) sent += signal_cgroup(below, signal), close(below);
    }
    if (all) closedir(all);
    return sent;
}

static bool kill_whole(int dir) {
    int fd = openat(dir, "cgroup.kill", O_WRONLY | O_CLOEXEC); /* Linux 5.14 */
    bool done = fd >= 0 && write(fd, "1", 1) == 1;
    if (fd >= 0) close(fd);
    return done;
}

void group_kill(struct task_group *g, int signal) {
    if (g->dir >= 0 && signal == SIGKILL && kill_whole(g->dir)) return;
    /* Who forks faster than we look meets the next round. */
    for (int round = 0; round < (signal == SIGKILL ? ROUNDS : 1); round++) {
        int sent = g->dir >= 0 ? signal_cgroup(g->dir, signal) : signal_descendants(signal);
        if (!sent) break;
    }
}

void group_check(struct task_group *g) {
    char text[128] = "";
    if (g->dir >= 0) {
        ssize_t n = pread(g->events, text, sizeof text - 1, 0);
        bool filled = n > 0 && strstr(text, "populated 1");
        if (g->filled && !filled) tell('Z', g->id, 0, NULL, 0);
        g->filled = filled;
    } else if (is_keeper() && g->filled) {
        siginfo_t info;
        if (waitid(P_ALL, 0, &info, WEXITED | WNOHANG | WNOWAIT) == 0 || errno != ECHILD) return;
        g->filled = false;
        tell('Z', g->id, 0, NULL, 0);
    }
}

void group_drop(struct task_group *g) {
    if (g->dir >= 0) group_kill(g, SIGKILL);
    unwatch_group(g->id); /* a keeper whose channel ends kills what is left, and ends */
    group_remove(g);
}

/* Frames for a keeper go through; descriptors go along. The keeper always reads: waiting for it is safe. */
void relay(struct task_group *g, const struct frame *f, const int *fds, int count) {
    union { struct cmsghdr align; char bytes[CMSG_SPACE(sizeof(int) * MOST_FDS)]; } control = {0};
    struct iovec iov = {.iov_base = (void *) (uintptr_t) f, .iov_len = HEADER + f->length};
    struct msghdr m = {.msg_iov = &iov, .msg_iovlen = 1};
    if (count) {
        m.msg_control = &control, m.msg_controllen = CMSG_SPACE(sizeof(int) * (size_t) count);
        struct cmsghdr *c = CMSG_FIRSTHDR(&m);
        c->cmsg_level = SOL_SOCKET, c->cmsg_type = SCM_RIGHTS, c->cmsg_len = CMSG_LEN(sizeof(int) * (size_t) count);
        memcpy(CMSG_DATA(c), fds, sizeof(int) * (size_t) count);
    }
    while (iov.iov_len) {
        ssize_t n = sendmsg(g->channel, &m, MSG_NOSIGNAL);
        if (n < 0 && errno == EINTR) continue;
        if (n < 0) {
            if (f->op == 'S') tell_failure(f->group, f->id, STEP_CGROUP, errno, "the group's keeper is gone");
            return;
        }
        iov.iov_base = (char *) iov.iov_base + n, iov.iov_len -= (size_t) n;
        m.msg_control = NULL, m.msg_controllen = 0;
    }
}

static bool none_left(void) {
    errno = 0;
    while (waitpid(-1, NULL, WNOHANG) > 0) continue;
    return errno == ECHILD;
}

void groups_end(void) {
    if (is_keeper() && none_left()) return; /* as it should be */
    for (struct task_group *g = groups; g; g = g->next) {
        if (g->channel >= 0) shutdown(g->channel, SHUT_WR);
        else group_kill(g, SIGTERM);
    }
    for (int waited = 0; !none_left() && waited < GRACE_MS * (is_keeper() ? 1 : 2); waited += STEP_MS) usleep(STEP_MS * 1000);
    for (struct task_group *g = groups; g; g = g->next)
        if (g->channel < 0) group_kill(g, SIGKILL);
    for (int waited = 0; !none_left() && waited < GRACE_MS; waited += STEP_MS) usleep(STEP_MS * 1000);
    for (struct task_group *g = groups; g; g = g->next)
        if (g->path) rmdir(g->path);
}
