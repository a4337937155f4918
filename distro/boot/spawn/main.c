/* The loop: frames in, events out. See spawn.h. */
#include "spawn.h"
#include <sys/prctl.h>
#include <sys/resource.h>
#include <sys/signalfd.h>
#include <sys/socket.h>

enum { EVENTS = 64, CONGESTED = 1 << 20, BLOCK = 65536, MOST_RECEIVED = 64 };

static int epoll = -1, in = 0, out = 1;
static struct source *sources, *buried, *out_source;
static bool keeper, ended;

struct buffer {
    char *bytes;
    size_t begin, end, size;
};
static struct buffer incoming, outgoing;
static int received[MOST_RECEIVED], received_count;

static char *room(struct buffer *b, size_t wanted) {
    if (b->begin == b->end) b->begin = b->end = 0;
    if (b->end + wanted > b->size) {
        memmove(b->bytes, b->bytes + b->begin, b->end - b->begin);
        b->end -= b->begin, b->begin = 0;
        if (b->end + wanted > b->size) {
            b->size = (b->end + wanted) * 2;
            b->bytes = realloc(b->bytes, b->size);
            if (!b->bytes) _exit(STEP_MEMORY); /* our children's end is then the keepers' and the JVM's work */
        }
    }
    return b->bytes + b->end;
}

struct source *watch(int fd, uint32_t events, void (*ready)(struct source *, uint32_t), uint32_t group, uint32_t id, uint8_t op) {
    struct source *s = calloc(1, sizeof *s);
    if (!s) _exit(STEP_MEMORY);
    *s = (struct source) {.fd = fd, .ready = ready, .group = group, .id = id, .op = op, .next = sources};
    sources = s;
    epoll_ctl(epoll, EPOLL_CTL_ADD, fd, &(struct epoll_event) {.events = events, .data.ptr = s});
    return s;
}

void arm(struct source *s, uint32_t events) {
    epoll_ctl(epoll, EPOLL_CTL_MOD, s->fd, &(struct epoll_event) {.events = events, .data.ptr = s});
}

void unwatch(struct source *s) {
    epoll_ctl(epoll, EPOLL_CTL_DEL, s->fd, NULL);
    close(s->fd);
    s->fd = -1;
    for (struct source **p = &sources; *p; p = &(*p)->next)
        if (*p == s) {
            *p = s->next;
            break;
        }
    s->next = buried, buried = s;
}

void unwatch_group(uint32_t group) {
    for (struct source *s = sources, *next; s; s = next) {
        next = s->next;
        if (s->group == group) unwatch(s);
    }
}

static void bury(void) {
    for (struct source *next; buried; buried = next) next = buried->next, free(buried);
}

bool congested(void) {
    return outgoing.end - outgoing.begin > CONGESTED;
}

static void flush(void) {
    bool was = congested();
    while (outgoing.begin < outgoing.end) {
        ssize_t n = write(out, outgoing.bytes + outgoing.begin, outgoing.end - outgoing.begin);
        if (n < 0 && errno == EINTR) continue;
        if (n < 0 && errno != EAGAIN) ended = true;
        if (n <= 0) break;
        outgoing.begin += (size_t) n;
    }
    if (out_source) arm(out_source, outgoing.begin < outgoing.end ? EPOLLOUT : 0);
    if (!was || congested()) return;
    for (struct source *s = sources; s; s = s->next)
        if (s->paused) s->paused = false, arm(s, EPOLLIN);
}

static void writable(struct source *s, uint32_t events) {
    (void) s;
    if (events & (EPOLLERR | EPOLLHUP)) ended = true;
}

void tell(uint8_t op, uint32_t group, uint32_t id, const void *payload, size_t length) {
    struct frame head = {.length = (uint32_t) length, .op = op, .group = group, .id = id};
    char *at = room(&outgoing, HEADER + length);
    memcpy(at, &head, HEADER);
    if (length) memcpy(at + HEADER, payload, length);
    outgoing.end += HEADER + length;
}

void tell_number(uint8_t op, uint32_t group, uint32_t id, uint32_t number, const char *text) {
    char payload[256];
    memcpy(payload, &number, sizeof number);
    size_t length = strnlen(text, sizeof payload - sizeof number);
    memcpy(payload + sizeof number, text, length);
    tell(op, group, id, payload, sizeof number + length);
}

void tell_failure(uint32_t group, uint32_t id, enum step step, int error, const char *text) {
    char payload[512];
    uint32_t numbers[2] = {step, (uint32_t) error};
    size_t length = strnlen(text, sizeof payload - sizeof numbers);
    memcpy(payload, numbers, sizeof numbers);
    memcpy(payload + sizeof numbers, text, length);
    tell('F', group, id, payload, sizeof numbers + length);
}

int next_received(void) {
    if (!received_count) return -1;
    int fd = received[0];
    memmove(received, received + 1, sizeof *received * (size_t) --received_count);
    return fd;
}

bool is_keeper(void) {
    return keeper;
}

static void obey(const struct frame *f) {
    struct task_group *g = group_find(f->group);
    switch (f->op) {
    case 'G': group_make(f); break;
    case 'S': start(f); break;
    case 'K': kill_for(f); break;
    case 'W': watch_process(f); break;
    case 'D': if (g) group_drop(g); break;
    case 'N': notify_open(f); break;
    case 'L': socket_listen(f); break;
    case 'A': socket_arm(f->id); break;
    case 'C': socket_close(f->id); break;
    default: ended = true; /* the two sides are of different versions */
    }
}

/* Payloads are made to end with zero, whatever came: one byte is lent for the time of the call. */
static void obey_all(void) {
    while (incoming.end - incoming.begin >= HEADER && !ended) {
        struct frame head;
        memcpy(&head, incoming.bytes + incoming.begin, HEADER);
        if (head.length > MOST_PAYLOAD) {
            ended = true;
            return;
        }
        if (incoming.end - incoming.begin < HEADER + head.length) return;
        struct frame *f = malloc(HEADER + head.length + 1);
        if (!f) _exit(STEP_MEMORY);
        memcpy(f, incoming.bytes + incoming.begin, HEADER + head.length);
        f->payload[head.length] = 0;
        incoming.begin += HEADER + head.length;
        obey(f);
        free(f);
    }
}

static ssize_t receive(char *at) {
    if (!keeper) return read(in, at, BLOCK);
    union { struct cmsghdr align; char bytes[CMSG_SPACE(sizeof received)]; } control;
    struct iovec iov = {.iov_base = at, .iov_len = BLOCK};
    struct msghdr m = {.msg_iov = &iov, .msg_iovlen = 1, .msg_control = &control, .msg_controllen = sizeof control};
    ssize_t n = recvmsg(in, &m, MSG_CMSG_CLOEXEC);
    for (struct cmsghdr *c = n < 0 ? NULL : CMSG_FIRSTHDR(&m); c; c = CMSG_NXTHDR(&m, c)) {
        if (c->cmsg_level != SOL_SOCKET || c->cmsg_type != SCM_RIGHTS) continue;
        size_t count = (c->cmsg_len - CMSG_LEN(0)) / sizeof(int);
        for (size_t i = 0; i < count && received_count < MOST_RECEIVED; i++)
            memcpy(received + received_count++, CMSG_DATA(c) + i * sizeof(int), sizeof(int));
    }
    return n;
}

static void readable(struct source *s, uint32_t events) {
    (void) s, (void) events;
    ssize_t n = receive(room(&incoming, BLOCK));
    if (n > 0) incoming.end += (size_t) n, obey_all();
    else if (n == 0 || (errno != EAGAIN && errno != EINTR)) ended = true;
}

static void child_changed(struct source *s, uint32_t events) {
    (void) events;
    struct signalfd_siginfo info;
    while (read(s->fd, &info, sizeof info) > 0) continue;
    reap();
}

static void set_up(void) {
    sigset_t set;
    sigfillset(&set);
    sigprocmask(SIG_BLOCK, &set, NULL);
    prctl(PR_SET_CHILD_SUBREAPER, 1);
    fcntl(in, F_SETFL, fcntl(in, F_GETFL) | O_NONBLOCK);
    fcntl(out, F_SETFL, fcntl(out, F_GETFL) | O_NONBLOCK);
    epoll = epoll_create1(EPOLL_CLOEXEC);
    sigemptyset(&set);
    sigaddset(&set, SIGCHLD);
    watch(signalfd(-1, &set, SFD_CLOEXEC | SFD_NONBLOCK), EPOLLIN, child_changed, 0, 0, 0);
    watch(in, EPOLLIN, readable, 0, 0, 0);
    out_source = watch(out, 0, writable, 0, 0, 0);
}

static void loop(void) {
    struct epoll_event events[EVENTS];
    while (!ended) {
        int n = epoll_wait(epoll, events, EVENTS, -1);
        for (int i = 0; i < n; i++) {
            struct source *s = events[i].data.ptr;
            if (s->fd >= 0) s->ready(s, events[i].events);
        }
        bury();
        flush();
    }
    groups_end();
    _exit(0);
}

/* In a fork: nothing of the parent's stays open but the channel. */
void become_keeper(int channel, uint32_t group) {
    keeper = true;
    prctl(PR_SET_NAME, "cloudos-keeper");
    int kept = fcntl(channel, F_DUPFD_CLOEXEC, 3);
    if (kept != 3) dup3(kept < 0 ? channel : kept, 3, O_CLOEXEC);
    dup3(3, 4, O_CLOEXEC);
    close_range(5, ~0U, 0);
    in = 3, out = 4;
    sources = buried = out_source = NULL;
    incoming = outgoing = (struct buffer) {0};
    received_count = 0;
    set_up();
    group_add(group);
    loop();
    _exit(0);
}

int main(void) {
    struct rlimit files;
    if (isatty(0)) return fputs("spawn: starts services for CloudOS, which talks to it; not a command\n", stderr), 2;
    for (int s = 1; s <= SIGRTMAX; s++) signal(s, SIG_DFL); /* who started the JVM may have had some ignored, and services inherit that */
    setsid(); /* keys typed at the JVM's terminal are not for services */
    for (int fd = 0; fd < 3; fd++) fcntl(fd, F_SETFD, FD_CLOEXEC);
    close_range(3, ~0U, 0);
    if (chdir("/")) return STEP_CHDIR;
    umask(022);
    if (getrlimit(RLIMIT_NOFILE, &files) == 0) files.rlim_cur = files.rlim_max, setrlimit(RLIMIT_NOFILE, &files);
    set_up();
    loop();
}
