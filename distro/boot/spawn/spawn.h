/* CloudOS spawn: starts and watches the processes of services for the JVM, which can't say what happens between fork and exec.
 *
 *   JVM --frames--> stdin   spawn   stdout --frames--> JVM        one spawn for all services; it ends when its stdin does,
 *                            | fork, set-up, exec                 and takes all that it started along
 *                    group of a service: a control group, or a keeper (a fork of spawn that adopts what its children leave)
 *
 * A frame is: length of the payload (u32), operation (u8), 3 zero bytes, group (u32), id (u32), payload; numbers as the
 * processor has them. Texts in payloads end with a zero byte; descriptions are lists of NAME=VALUE texts.
 *
 * From the JVM                                             To the JVM
 *   G  make group     cgroup=PATH, or nothing: a keeper      P  process started    pid (u32)
 *   S  start          flags (u32), description: child.c      X  it executes        pid (u32)
 *   K  kill           pid (u32; 0: all of the group), signal F  it does not        step (u32), errno (u32), text
 *   W  watch          id is a pid, which may not be ours     E  process ended      pid, code, status (u32; siginfo's)
 *   D  drop group                                            Z  group is empty
 *                                                            M  out of memory      how many processes that ended so far (u32)
 *   N  notify socket  path                                   N  notification       sender's pid (u32), text
 *   L  listen         description: sockets.c                 O  output             bytes (o: of standard error alone)
 *   A  arm a socket                                          L  listens            or F with a step
 *   C  close a socket                                        T  traffic            id of a connection (u32; 0), peer's name */
#pragma once
#define _GNU_SOURCE
#include <errno.h>
#include <fcntl.h>
#include <signal.h>
#include <stdbool.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/epoll.h>
#include <sys/stat.h>
#include <sys/types.h>
#include <sys/wait.h>
#include <unistd.h>

/* Exit codes of a process whose set-up failed, as systemd.exec(5) lists them. */
enum step {
    STEP_CHDIR = 200, STEP_NICE, STEP_FDS, STEP_EXEC, STEP_MEMORY, STEP_LIMITS, STEP_OOM_ADJUST, STEP_SIGNAL_MASK, STEP_STDIN,
    STEP_STDOUT, STEP_CHROOT, STEP_IOPRIO, STEP_TIMERSLACK, STEP_SECUREBITS, STEP_SETSCHEDULER, STEP_CPUAFFINITY, STEP_GROUP,
    STEP_USER, STEP_CAPABILITIES, STEP_CGROUP, STEP_SETSID, STEP_CONFIRM, STEP_STDERR, STEP_NETWORK = 225, STEP_NAMESPACE,
    STEP_NO_NEW_PRIVILEGES, STEP_SECCOMP, STEP_PERSONALITY = 230
};

enum { HEADER = 16, MOST_PAYLOAD = 4 << 20, FLAG_OUTPUT = 1, FLAG_SEPARATE = 2 };

struct frame {
    uint32_t length;
    uint8_t op, zero[3];
    uint32_t group, id;
    char payload[];
};

/* Something that epoll watches. `ready` may close it: memory is given back after the round. */
struct source {
    int fd;
    void (*ready)(struct source *, uint32_t events);
    uint32_t group, id;
    uint8_t op;    /* of the frames that it makes */
    bool paused;   /* output that waits until the JVM has read what is there */
    struct source *next;
};

/* main.c */
struct source *watch(int fd, uint32_t events, void (*ready)(struct source *, uint32_t), uint32_t group, uint32_t id, uint8_t op);
void unwatch(struct source *); /* closes it too */
void unwatch_group(uint32_t group);
void arm(struct source *, uint32_t events);
bool congested(void);
void tell(uint8_t op, uint32_t group, uint32_t id, const void *payload, size_t length);
void tell_number(uint8_t op, uint32_t group, uint32_t id, uint32_t number, const char *text);
void tell_failure(uint32_t group, uint32_t id, enum step step, int error, const char *text);
void become_keeper(int channel, uint32_t group) __attribute__((noreturn));
int next_received(void); /* descriptors that came with frames, oldest first; -1 when there is none */
bool is_keeper(void);
/* groups.c */
struct task_group {
    uint32_t id;
    int dir, events; /* control group: its folder and cgroup.events; else -1 */
    int memory;      /* its memory.events; -1 where memory is not limited */
    unsigned ended_by_memory;
    int channel;     /* to the keeper; else -1 */
    bool filled;
    char *path;
    struct task_group *next;
};
struct task_group *group_find(uint32_t id);
struct task_group *group_first(void);
struct task_group *group_add(uint32_t id);
void group_make(const struct frame *);
void group_drop(struct task_group *);
void group_kill(struct task_group *, int signal);
void group_check(struct task_group *); /* tells when it has become empty */
void groups_end(void);            /* SIGTERM, a moment, SIGKILL, for all */
void relay(struct task_group *, const struct frame *, const int *fds, int count);
/* start.c */
void start(const struct frame *);
void kill_for(const struct frame *);
void watch_process(const struct frame *);
void reap(void);
void known_add(pid_t, uint32_t group, uint32_t id);
/* child.c: in the new process, to exec or to exit */
struct child {
    const char *text, *end; /* description */
    int status, output, error;
    int fds[64], count;
};
void child_run(struct child *) __attribute__((noreturn));
void enter_folder(const struct child *);
void fail(enum step, const char *what) __attribute__((noreturn));
const char *value(const struct child *, const char *name); /* the first; NULL when there is none */
const char *each(const struct child *, const char *name, const char **position);
long number(const char *text);
/* mounts.c, rights.c */
void set_up_mounts(const struct child *);
void set_up_network(const struct child *);
void mount_or_unmount(const struct child *);
void drop_rights(const struct child *);
void set_up_scheduling(const struct child *);
/* sockets.c */
void socket_listen(const struct frame *);
void socket_arm(uint32_t id);
void socket_close(uint32_t id);
int socket_fd(uint32_t id);
void notify_open(const struct frame *);
