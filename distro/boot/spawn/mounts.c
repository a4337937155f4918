/* The service's own view of the file system and the network. Names in a description:
 *   mnt=OP TAB ARGUMENT...   in the order in which they stand; a path that begins with '-' may be missing
 *       ro PATH, rw PATH         read-only with all below, or writable again
 *       bind FROM PATH           rbind: with what is mounted below
 *       tmpfs PATH OPTIONS       hide PATH: nothing to be seen there
 *       private                  a namespace, and nothing else
 *       noexec PATH, exec PATH   dev: a /dev with the harmless devices alone
 *       proc OPTIONS             a /proc with hidepid= and subset=
 *   net=private              a network with a loopback alone; ipc=private
 *   do=mount what where type options     do=unmount where lazy force */
#include "spawn.h"
#include <linux/mount.h>
#include <net/if.h>
#include <sched.h>
#include <sys/ioctl.h>
#include <sys/mount.h>
#include <sys/socket.h>
#include <sys/syscall.h>
#include <sys/sysmacros.h>

static bool missing(const char **path) {
    if (**path != '-') return false;
    ++*path;
    return access(*path, F_OK) != 0;
}

/* A mount of its own, so that its attributes can differ; "/" is one already. */
static void attributes(const char *path, uint64_t set, uint64_t clear) {
    struct mount_attr a = {.attr_set = set, .attr_clr = clear};
    if (missing(&path)) return;
    if (strcmp(path, "/") && mount(path, path, NULL, MS_BIND | MS_REC, NULL)) fail(STEP_NAMESPACE, path);
    if (syscall(SYS_mount_setattr, AT_FDCWD, path, AT_RECURSIVE, &a, sizeof a)) fail(STEP_NAMESPACE, path);
}

static void hide(const char *path) {
    struct stat s;
    if (missing(&path)) return;
    if (stat(path, &s)) fail(STEP_NAMESPACE, path);
    if (S_ISDIR(s.st_mode)) {
        if (mount("tmpfs", path, "tmpfs", MS_NOSUID | MS_NODEV | MS_NOEXEC | MS_RDONLY, "mode=000,size=4k,nr_inodes=2")) fail(STEP_NAMESPACE, path);
    } else if (mount("/dev/null", path, NULL, MS_BIND, NULL)) fail(STEP_NAMESPACE, path);
}

static void bind_mount(const char *from, const char *path, bool deep) {
    if (missing(&from)) return;
    if (mount(from, path, NULL, MS_BIND | (deep ? MS_REC : 0), NULL)) fail(STEP_NAMESPACE, path);
}

/* What stays is held open while the new /dev is laid over it. */
static void private_devices(void) {
    static const struct { const char *name; unsigned major, minor; } nodes[] = {
        {"null", 1, 3}, {"zero", 1, 5}, {"full", 1, 7}, {"random", 1, 8}, {"urandom", 1, 9}, {"tty", 5, 0}};
    static const char *const kept[] = {"pts", "shm", "mqueue", "hugepages", "log"};
    static const char *const links[][2] = {{"/proc/self/fd", "/dev/fd"}, {"/proc/self/fd/0", "/dev/stdin"}, {"/proc/self/fd/1", "/dev/stdout"},
        {"/proc/self/fd/2", "/dev/stderr"}, {"pts/ptmx", "/dev/ptmx"}};
    int fds[sizeof kept / sizeof *kept];
    char path[64], proc[64];
    for (size_t i = 0; i < sizeof kept / sizeof *kept; i++) {
        snprintf(path, sizeof path, "/dev/%s", kept[i]);
        fds[i] = open(path, O_PATH | O_CLOEXEC);
    }
    if (mount("tmpfs", "/dev", "tmpfs", MS_NOSUID | MS_NOEXEC, "mode=755,size=4m,nr_inodes=1k")) fail(STEP_NAMESPACE, "/dev");
    mode_t mask = umask(0);
    for (size_t i = 0; i < sizeof nodes / sizeof *nodes; i++) {
        snprintf(path, sizeof path, "/dev/%s", nodes[i].name);
        if (mknod(path, S_IFCHR | 0666, makedev(nodes[i].major, nodes[i].minor))) fail(STEP_NAMESPACE, path);
    }
    for (size_t i = 0; i < sizeof links / sizeof *links; i++)
        if (symlink(links[i][0], links[i][1])) fail(STEP_NAMESPACE, links[i][1]);
    for (size_t i = 0; i < sizeof kept / sizeof *kept; i++) {
        struct stat s;
        if (fds[i] < 0 || fstat(fds[i], &s)) continue;
        snprintf(path, sizeof path, "/dev/%s", kept[i]);
        snprintf(proc, sizeof proc, "/proc/self/fd/%d", fds[i]);
        int made = S_ISDIR(s.st_mode) ? mkdir(path, 0755) : mknod(path, S_IFREG | 0600, 0);
        if (made || mount(proc, path, NULL, MS_BIND | MS_REC, NULL)) fail(STEP_NAMESPACE, path);
        close(fds[i]);
    }
    umask(mask);
    struct mount_attr a = {.attr_set = MOUNT_ATTR_RDONLY};
    if (syscall(SYS_mount_setattr, AT_FDCWD, "/dev", 0, &a, sizeof a)) fail(STEP_NAMESPACE, "/dev");
}

static void apply(char *text) {
    char *op = strsep(&text, "\t"), *a = text ? strsep(&text, "\t") : "", *b = text ? text : "";
    if (!strcmp(op, "ro")) attributes(a, MOUNT_ATTR_RDONLY, 0);
    else if (!strcmp(op, "rw")) attributes(a, 0, MOUNT_ATTR_RDONLY);
    else if (!strcmp(op, "noexec")) attributes(a, MOUNT_ATTR_NOEXEC, 0);
    else if (!strcmp(op, "exec")) attributes(a, 0, MOUNT_ATTR_NOEXEC);
    else if (!strcmp(op, "bind") || !strcmp(op, "rbind")) bind_mount(a, b, *op == 'r');
    else if (!strcmp(op, "hide")) hide(a);
    else if (!strcmp(op, "dev")) private_devices();
    else if (!strcmp(op, "private")) return; /* the namespace is all that is wanted */
    else if (!strcmp(op, "proc")) {
        if (mount("proc", "/proc", "proc", MS_NOSUID | MS_NODEV | MS_NOEXEC, a)) fail(STEP_NAMESPACE, "/proc");
    } else if (!strcmp(op, "tmpfs")) {
        const char *path = a;
        if (!missing(&path) && mount("tmpfs", path, "tmpfs", MS_NOSUID | MS_NODEV | MS_STRICTATIME, b)) fail(STEP_NAMESPACE, path);
    } else errno = EINVAL, fail(STEP_NAMESPACE, op);
}

void set_up_mounts(const struct child *c) {
    static char text[8192];
    const char *at = NULL, *op = value(c, "mnt");
    if (!op) return;
    if (unshare(CLONE_NEWNS)) fail(STEP_NAMESPACE, "mount namespace");
    /* What is mounted outside later shows inside, not the other way round. */
    if (mount(NULL, "/", NULL, MS_SLAVE | MS_REC, NULL)) fail(STEP_NAMESPACE, "mount propagation");
    while ((op = each(c, "mnt", &at))) {
        if (strlen(op) >= sizeof text) errno = ENAMETOOLONG, fail(STEP_NAMESPACE, "path");
        apply(strcpy(text, op));
    }
}

void set_up_network(const struct child *c) {
    if (value(c, "ipc") && unshare(CLONE_NEWIPC)) fail(STEP_NAMESPACE, "ipc");
    if (!value(c, "net")) return;
    if (unshare(CLONE_NEWNET)) fail(STEP_NETWORK, "network namespace");
    struct ifreq lo = {.ifr_name = "lo", .ifr_flags = IFF_UP | IFF_RUNNING};
    int fd = socket(AF_INET, SOCK_DGRAM | SOCK_CLOEXEC, 0);
    if (fd < 0 || ioctl(fd, SIOCSIFFLAGS, &lo)) fail(STEP_NETWORK, "loopback");
    close(fd);
}

/* Options of mount(8) that are flags; the others go to the file system. */
static unsigned long flag_of(const char *word, bool *clear) {
    static const struct { const char *name; unsigned long flag; bool clear; } all[] = {
        {"ro", MS_RDONLY, 0}, {"rw", MS_RDONLY, 1}, {"nosuid", MS_NOSUID, 0}, {"suid", MS_NOSUID, 1}, {"nodev", MS_NODEV, 0},
        {"dev", MS_NODEV, 1}, {"noexec", MS_NOEXEC, 0}, {"exec", MS_NOEXEC, 1}, {"sync", MS_SYNCHRONOUS, 0}, {"async", MS_SYNCHRONOUS, 1},
        {"dirsync", MS_DIRSYNC, 0}, {"noatime", MS_NOATIME, 0}, {"atime", MS_NOATIME, 1}, {"nodiratime", MS_NODIRATIME, 0},
        {"relatime", MS_RELATIME, 0}, {"strictatime", MS_STRICTATIME, 0}, {"lazytime", MS_LAZYTIME, 0}, {"bind", MS_BIND, 0},
        {"rbind", MS_BIND | MS_REC, 0}, {"remount", MS_REMOUNT, 0}};
    *clear = !strcmp(word, "defaults") || !strcmp(word, "auto") || !strcmp(word, "noauto") || !strcmp(word, "nofail")
        || !strcmp(word, "_netdev") || !strncmp(word, "x-", 2);
    if (*clear) return MS_ACTIVE; /* not for the kernel */
    for (size_t i = 0; i < sizeof all / sizeof *all; i++)
        if (!strcmp(all[i].name, word)) {
            *clear = all[i].clear;
            return all[i].flag;
        }
    return 0;
}

/* Without a name each type that the kernel has for block devices is tried. */
static int mount_any(const char *what, const char *where, unsigned long flags, const char *data) {
    char line[64], type[48];
    FILE *types = fopen("/proc/filesystems", "re");
    int error = ENODEV;
    while (types && fgets(line, sizeof line, types))
        if (!strncmp(line, "\t", 1) && sscanf(line, "%47s", type) == 1) {
            if (mount(what, where, type, flags, data) == 0) return 0;
            if (errno != EINVAL) error = errno;
        }
    return errno = error, -1;
}

void mount_or_unmount(const struct child *c) {
    const char *where = value(c, "where"), *what = value(c, "what"), *type = value(c, "type"), *given = value(c, "options");
    char options[4096] = "", data[4096] = "", *rest = options;
    unsigned long flags = 0;
    if (!where) errno = EINVAL, fail(STEP_NAMESPACE, "where");
    if (!strcmp(value(c, "do"), "unmount")) {
        int how = (value(c, "lazy") ? MNT_DETACH : 0) | (value(c, "force") ? MNT_FORCE : 0);
        if (umount2(where, how | UMOUNT_NOFOLLOW) && errno != EINVAL) fail(STEP_NAMESPACE, where);
        _exit(0);
    }
    if (given) snprintf(options, sizeof options, "%s", given);
    for (char *word; (word = strsep(&rest, ","));) {
        bool clear;
        unsigned long flag = *word ? flag_of(word, &clear) : MS_ACTIVE;
        if (flag & MS_ACTIVE) continue;
        if (flag) flags = clear ? flags & ~flag : flags | flag;
        else if (strlen(data) + strlen(word) + 2 < sizeof data) strcat(strcat(data, *data ? "," : ""), word);
    }
    const char *rest_data = *data ? data : NULL;
    bool any = type && !strcmp(type, "auto");
    if (any ? mount_any(what, where, flags, rest_data) : mount(what, where, type ? type : "", flags, rest_data)) fail(STEP_NAMESPACE, where);
    _exit(0);
}
