/* The new process: set up by its description, then exec. Each fault ends it with its step's exit code; what the fault was goes
 * to the parent through `status`, which exec closes. The order of steps is systemd's. Names in a description:
 *   arg env path                     what is executed; path is the program, the first arg its name
 *   pidenv=NAME                      NAME=pid of the process is added to the environment
 *   fd=ID                            sockets that become 3, 4 ...
 *   stdin stdout stderr              null output stdout fd file:PATH append:PATH truncate:PATH data:HEX tty:PATH
 *   cwd cwdoptional root umask sigpipe  hostname=private nonblocking
 *   do=mount | unmount               instead of a program: mounts.c
 * and those of mounts.c and rights.c */
#include "spawn.h"
#include <sched.h>
#include <sys/ioctl.h>
#include <sys/mman.h>

enum { MOST_WORDS = 65536, FIRST_FD = 3, HIGH = 1000 };

static int status_fd = -1;

void fail(enum step step, const char *what) {
    struct { int step, error; char text[400]; } failure = {.step = (int) step, .error = errno};
    size_t length = strnlen(what, sizeof failure.text - 1);
    memcpy(failure.text, what, length);
    if (write(status_fd, &failure, 2 * sizeof(int) + length) < 0) _exit(step);
    _exit(step);
}

const char *each(const struct child *c, const char *name, const char **position) {
    size_t length = strlen(name);
    for (const char *s = *position ? *position : c->text; s < c->end; s += strlen(s) + 1)
        if (!strncmp(s, name, length) && s[length] == '=') {
            *position = s + strlen(s) + 1;
            return s + length + 1;
        }
    *position = c->end;
    return NULL;
}

const char *value(const struct child *c, const char *name) {
    return each(c, name, &(const char *) {NULL});
}

long number(const char *text) {
    return strtol(text, NULL, 0);
}

/* All signals have their default here: main.c. */
static void reset_signals(const struct child *c) {
    sigset_t none;
    if (!value(c, "sigpipe")) signal(SIGPIPE, SIG_IGN);
    sigemptyset(&none);
    if (sigprocmask(SIG_SETMASK, &none, NULL)) fail(STEP_SIGNAL_MASK, "signal mask");
}

static int from_hex(const char *hex) {
    int fd = memfd_create("stdin", MFD_CLOEXEC);
    for (unsigned byte; fd >= 0 && sscanf(hex, "%2x", &byte) == 1; hex += 2)
        if (write(fd, &(unsigned char) {(unsigned char) byte}, 1) != 1) return -1;
    lseek(fd, 0, SEEK_SET);
    return fd;
}

static int open_for(const struct child *c, const char *how, int target, enum step step) {
    int fd = -1, output = target == 2 ? c->error : c->output;
    if (!how) how = "null";
    const char *path = strchr(how, ':');
    if (path) path++;
    if (!strcmp(how, "null")) fd = open("/dev/null", target ? O_WRONLY : O_RDONLY);
    else if (!strcmp(how, "output")) fd = output;
    else if (!strcmp(how, "stdout")) fd = 1;
    else if (!strcmp(how, "fd") && c->count) fd = c->fds[0];
    else if (!strncmp(how, "data:", 5)) fd = from_hex(path);
    else if (!strncmp(how, "tty:", 4)) {
        fd = open(path, O_RDWR);
        if (fd >= 0) ioctl(fd, TIOCSCTTY, 0);
    } else if (!strncmp(how, "file:", 5)) fd = open(path, (target ? O_WRONLY | O_CREAT : O_RDONLY) | O_CLOEXEC, 0666);
    else if (!strncmp(how, "append:", 7)) fd = open(path, O_WRONLY | O_CREAT | O_APPEND | O_CLOEXEC, 0666);
    else if (!strncmp(how, "truncate:", 9)) fd = open(path, O_WRONLY | O_CREAT | O_TRUNC | O_CLOEXEC, 0666);
    if (fd < 0 || dup2(fd, target) < 0) fail(step, path ? path : how);
    if (fd == target) fcntl(fd, F_SETFD, 0);
    return fd;
}

/* 0, 1, 2 are the parent's own, or in a keeper free: everything that is to be kept lies higher. */
static void set_up_streams(struct child *c) {
    const char *owner = value(c, "uid");
    status_fd = c->status = fcntl(c->status, F_DUPFD_CLOEXEC, HIGH);
    if (owner && c->output >= 0 && fchown(c->output, (uid_t) number(owner), (gid_t) -1)) errno = 0; /* so that /dev/stdout opens */
    if (owner && c->error >= 0 && fchown(c->error, (uid_t) number(owner), (gid_t) -1)) errno = 0;
    if (c->output >= 0) c->output = fcntl(c->output, F_DUPFD_CLOEXEC, HIGH);
    if (c->error >= 0) c->error = fcntl(c->error, F_DUPFD_CLOEXEC, HIGH);
    for (int i = 0; i < c->count; i++)
        if ((c->fds[i] = fcntl(c->fds[i], F_DUPFD_CLOEXEC, HIGH)) < 0) fail(STEP_FDS, "sockets");
    open_for(c, value(c, "stdin"), 0, STEP_STDIN);
    open_for(c, value(c, "stdout"), 1, STEP_STDOUT);
    open_for(c, value(c, "stderr"), 2, STEP_STDERR);
}

static void place_fds(const struct child *c) {
    bool blocking = !value(c, "nonblocking");
    for (int i = 0; i < c->count; i++) {
        int flags = fcntl(c->fds[i], F_GETFL);
        if (fcntl(c->fds[i], F_SETFL, blocking ? flags & ~O_NONBLOCK : flags | O_NONBLOCK)) fail(STEP_FDS, "sockets");
        if (dup2(c->fds[i], FIRST_FD + i) < 0) fail(STEP_FDS, "sockets");
    }
    if (close_range((unsigned) (FIRST_FD + c->count), ~0U, CLOSE_RANGE_CLOEXEC)) fail(STEP_FDS, "close_range");
}

static void set_up_place(const struct child *c) {
    const char *root = value(c, "root"), *mask = value(c, "umask"), *host = value(c, "hostname");
    if (mask) umask((mode_t) strtoul(mask, NULL, 8));
    if (host && unshare(CLONE_NEWUTS)) fail(STEP_NAMESPACE, "host name");
    set_up_network(c);
    set_up_mounts(c);
    if (root && (chroot(root) || chdir("/"))) fail(STEP_CHROOT, root);
}

/* As the user that the service runs as: its own right to the folder counts. */
void enter_folder(const struct child *c) {
    const char *cwd = value(c, "cwd");
    if (cwd && chdir(cwd) && !value(c, "cwdoptional")) fail(STEP_CHDIR, cwd);
}

static void execute(const struct child *c) {
    static char *args[MOST_WORDS + 1], *environment[MOST_WORDS + 1];
    static char pids[8][64];
    size_t n = 0, e = 0, p = 0;
    const char *at = NULL, *word, *path = value(c, "path");
    while (n < MOST_WORDS && (word = each(c, "arg", &at))) args[n++] = (char *) (uintptr_t) word;
    at = NULL;
    while (e < MOST_WORDS - 8 && (word = each(c, "env", &at))) environment[e++] = (char *) (uintptr_t) word;
    at = NULL;
    while (p < 8 && (word = each(c, "pidenv", &at))) {
        snprintf(pids[p], sizeof *pids, "%.40s=%d", word, getpid());
        environment[e++] = pids[p++];
    }
    if (!path || !n) errno = EINVAL, fail(STEP_EXEC, "nothing to execute");
    place_fds(c);
    execve(path, args, environment);
    fail(STEP_EXEC, path);
}

void child_run(struct child *c) {
    status_fd = c->status;
    reset_signals(c);
    if (setsid() < 0 && errno != EPERM) fail(STEP_SETSID, "session");
    set_up_streams(c);
    set_up_scheduling(c);
    set_up_place(c);
    if (value(c, "do")) mount_or_unmount(c);
    drop_rights(c);
    execute(c);
    _exit(STEP_EXEC);
}
