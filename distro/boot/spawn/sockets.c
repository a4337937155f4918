/* Sockets that are listened on for services, and those that services tell their state through (sd_notify(3)). A description has:
 *   kind=stream|dgram|seqpacket|fifo  accept=1
 *   unix=PATH (@: abstract)  ipv4= ipv6= port= scope=  fifo=PATH
 *   mode uid gid             of a path; dirmode for folders that are made
 *   backlog  device  opt=LEVEL:NAME:NUMBER  link=PATH  pipesize */
#include "spawn.h"
#include <arpa/inet.h>
#include <net/if.h>
#include <netinet/in.h>
#include <stddef.h>
#include <sys/socket.h>
#include <sys/un.h>

enum { FIRST_CONNECTION = 1U << 30, MOST_DATAGRAM = 65536, MOST_NOTIFY_FDS = 253 };

static struct held { uint32_t id; struct source *source; int fd; bool accept; struct held *next; } *held;
static uint32_t connections = FIRST_CONNECTION;

static struct held *find(uint32_t id) {
    struct held *h = held;
    while (h && h->id != id) h = h->next;
    return h;
}

static struct held *hold(uint32_t id, int fd) {
    struct held *h = calloc(1, sizeof *h);
    if (!h) _exit(STEP_MEMORY);
    *h = (struct held) {.id = id, .fd = fd, .next = held};
    return held = h;
}

int socket_fd(uint32_t id) {
    struct held *h = find(id);
    return h ? h->fd : -1;
}

void socket_close(uint32_t id) {
    for (struct held **p = &held, *h; (h = *p); p = &h->next)
        if (h->id == id) {
            *p = h->next;
            if (h->source) unwatch(h->source);
            else close(h->fd);
            free(h);
            return;
        }
}

static void peer_name(const struct sockaddr_storage *a, char *text, size_t size) {
    char host[INET6_ADDRSTRLEN] = "";
    const struct sockaddr_in *v4 = (const void *) a;
    const struct sockaddr_in6 *v6 = (const void *) a;
    *text = 0;
    if (a->ss_family == AF_INET) snprintf(text, size, "%s:%u", inet_ntop(AF_INET, &v4->sin_addr, host, sizeof host), ntohs(v4->sin_port));
    if (a->ss_family == AF_INET6) snprintf(text, size, "%s:%u", inet_ntop(AF_INET6, &v6->sin6_addr, host, sizeof host), ntohs(v6->sin6_port));
}

static void traffic(struct source *s, uint32_t events) {
    struct held *h = find(s->id);
    char peer[80] = "";
    uint32_t connection = 0;
    (void) events;
    if (h && h->accept) {
        struct sockaddr_storage from = {0};
        int fd = accept4(s->fd, (struct sockaddr *) &from, &(socklen_t) {sizeof from}, SOCK_CLOEXEC);
        if (fd < 0) return;
        peer_name(&from, peer, sizeof peer);
        hold(connection = connections++, fd);
    } else arm(s, 0); /* until it is armed again: the service reads */
    tell_number('T', 0, s->id, connection, peer);
}

void socket_arm(uint32_t id) {
    struct held *h = find(id);
    if (h && h->source) arm(h->source, EPOLLIN);
}

static void make_folders(const char *path, mode_t mode) {
    char folder[sizeof ((struct sockaddr_un *) 0)->sun_path];
    snprintf(folder, sizeof folder, "%s", path);
    for (char *c = folder + 1; *c; c++)
        if (*c == '/') *c = 0, mkdir(folder, mode), *c = '/';
}

static socklen_t address(const struct child *c, struct sockaddr_storage *to) {
    const char *path = value(c, "unix"), *v4 = value(c, "ipv4"), *v6 = value(c, "ipv6"), *port = value(c, "port"), *scope = value(c, "scope");
    struct sockaddr_un *un = (void *) to;
    struct sockaddr_in *in = (void *) to;
    struct sockaddr_in6 *in6 = (void *) to;
    if (path) {
        size_t length = strlen(path);
        if (length >= sizeof un->sun_path) return errno = ENAMETOOLONG, 0;
        un->sun_family = AF_UNIX;
        memcpy(un->sun_path, path, length);
        if (*path == '@') un->sun_path[0] = 0;
        return (socklen_t) (offsetof(struct sockaddr_un, sun_path) + length + (*path == '@' ? 0 : 1));
    }
    uint16_t number_of_port = htons((uint16_t) (port ? number(port) : 0));
    errno = EINVAL;
    if (v4) {
        in->sin_family = AF_INET, in->sin_port = number_of_port;
        return inet_pton(AF_INET, v4, &in->sin_addr) == 1 ? sizeof *in : 0;
    }
    in6->sin6_family = AF_INET6, in6->sin6_port = number_of_port;
    if (scope && !(in6->sin6_scope_id = if_nametoindex(scope))) return 0;
    return v6 && inet_pton(AF_INET6, v6, &in6->sin6_addr) == 1 ? sizeof *in6 : 0;
}

static bool options(const struct child *c, int fd) {
    const char *at = NULL, *device = value(c, "device");
    for (const char *o; (o = each(c, "opt", &at));) {
        int level, name, number;
        if (sscanf(o, "%d:%d:%d", &level, &name, &number) != 3) return errno = EINVAL, false;
        if (setsockopt(fd, level, name, &number, sizeof number)) return false;
    }
    return !device || setsockopt(fd, SOL_SOCKET, SO_BINDTODEVICE, device, (socklen_t) strlen(device) + 1) == 0;
}

static bool dress(const struct child *c, const char *path) {
    const char *uid = value(c, "uid"), *gid = value(c, "gid"), *mode = value(c, "mode"), *at = NULL;
    if (mode && chmod(path, (mode_t) strtoul(mode, NULL, 8))) return false;
    if ((uid || gid) && chown(path, uid ? (uid_t) number(uid) : (uid_t) -1, gid ? (gid_t) number(gid) : (gid_t) -1)) return false;
    for (const char *link; (link = each(c, "link", &at));) {
        unlink(link);
        if (symlink(path, link)) return false;
    }
    return true;
}

static int open_socket(const struct child *c) {
    const char *kind = value(c, "kind"), *path = value(c, "unix"), *dirmode = value(c, "dirmode"), *backlog = value(c, "backlog");
    struct sockaddr_storage to = {0};
    int type = !kind || !strcmp(kind, "stream") ? SOCK_STREAM : !strcmp(kind, "dgram") ? SOCK_DGRAM : SOCK_SEQPACKET;
    socklen_t length = address(c, &to);
    int fd = length ? socket(to.ss_family, type | SOCK_CLOEXEC | SOCK_NONBLOCK, 0) : -1;
    if (fd < 0) return -1;
    if (path && *path == '/') {
        make_folders(path, dirmode ? (mode_t) strtoul(dirmode, NULL, 8) : 0755);
        unlink(path);
    } else if (!path) setsockopt(fd, SOL_SOCKET, SO_REUSEADDR, &(int) {1}, sizeof(int));
    bool done = options(c, fd) && bind(fd, (struct sockaddr *) &to, length) == 0 && (!path || *path == '@' || dress(c, path))
        && (type == SOCK_DGRAM || listen(fd, backlog ? (int) number(backlog) : SOMAXCONN) == 0);
    if (done) return fd;
    int error = errno;
    close(fd);
    return errno = error, -1;
}

static int open_fifo(const struct child *c, const char *path) {
    const char *dirmode = value(c, "dirmode"), *size = value(c, "pipesize");
    struct stat s;
    make_folders(path, dirmode ? (mode_t) strtoul(dirmode, NULL, 8) : 0755);
    if (mkfifo(path, 0600) && errno != EEXIST) return -1;
    int fd = open(path, O_RDWR | O_CLOEXEC | O_NONBLOCK | O_NOFOLLOW);
    if (fd < 0 || fstat(fd, &s) || !S_ISFIFO(s.st_mode) || !dress(c, path)) {
        if (fd >= 0) close(fd);
        return errno = errno ? errno : EEXIST, -1;
    }
    if (size) fcntl(fd, F_SETPIPE_SZ, (int) number(size));
    return fd;
}

void socket_listen(const struct frame *f) {
    struct child c = {.text = f->payload, .end = f->payload + f->length};
    const char *fifo = value(&c, "fifo");
    int fd = fifo ? open_fifo(&c, fifo) : open_socket(&c);
    if (fd < 0) {
        tell_failure(0, f->id, STEP_FDS, errno, "listen");
        return;
    }
    struct held *h = hold(f->id, fd);
    h->accept = value(&c, "accept");
    h->source = watch(fd, 0, traffic, 0, f->id, 0);
    tell('L', 0, f->id, NULL, 0);
}

static void notification(struct source *s, uint32_t events) {
    (void) events;
    static char text[sizeof(uint32_t) + MOST_DATAGRAM];
    union { struct cmsghdr align; char bytes[CMSG_SPACE(sizeof(struct ucred)) + CMSG_SPACE(sizeof(int) * MOST_NOTIFY_FDS)]; } control;
    struct iovec iov = {.iov_base = text + sizeof(uint32_t), .iov_len = MOST_DATAGRAM};
    struct msghdr m = {.msg_iov = &iov, .msg_iovlen = 1, .msg_control = &control, .msg_controllen = sizeof control};
    ssize_t n = recvmsg(s->fd, &m, MSG_DONTWAIT | MSG_CMSG_CLOEXEC);
    uint32_t sender = 0;
    if (n < 0) return;
    for (struct cmsghdr *c = CMSG_FIRSTHDR(&m); c; c = CMSG_NXTHDR(&m, c)) {
        if (c->cmsg_level != SOL_SOCKET) continue;
        struct ucred from;
        if (c->cmsg_type == SCM_CREDENTIALS) memcpy(&from, CMSG_DATA(c), sizeof from), sender = (uint32_t) from.pid;
        /* Closed at once: nothing is stored for services, and a barrier (sd_notify_barrier(3)) waits for just this. */
        for (size_t i = 0; c->cmsg_type == SCM_RIGHTS && i < (c->cmsg_len - CMSG_LEN(0)) / sizeof(int); i++) {
            int fd;
            memcpy(&fd, CMSG_DATA(c) + i * sizeof fd, sizeof fd);
            close(fd);
        }
    }
    if (!sender || m.msg_flags & MSG_TRUNC) return;
    memcpy(text, &sender, sizeof sender);
    tell('N', s->group, 0, text, sizeof sender + (size_t) n);
}

void notify_open(const struct frame *f) {
    struct sockaddr_un a = {.sun_family = AF_UNIX};
    size_t length = strlen(f->payload);
    int fd = socket(AF_UNIX, SOCK_DGRAM | SOCK_CLOEXEC | SOCK_NONBLOCK, 0);
    if (length < sizeof a.sun_path) memcpy(a.sun_path, f->payload, length + 1);
    else errno = ENAMETOOLONG;
    unlink(a.sun_path);
    if (fd < 0 || !*a.sun_path || setsockopt(fd, SOL_SOCKET, SO_PASSCRED, &(int) {1}, sizeof(int))
        || bind(fd, (struct sockaddr *) &a, sizeof a) || chmod(a.sun_path, 0666)) {
        tell_failure(f->group, 0, STEP_FDS, errno, "notify socket");
        if (fd >= 0) close(fd);
        return;
    }
    watch(fd, EPOLLIN, notification, f->group, 0, 0);
}
