/* What Debian's packages in an image expect at each start: /etc that can be written, and their files below /var and /run.
 * The image builder writes the list, one line a path, parents first, no spaces in paths (TempFiles.java):
 *     d MODE UID GID PATH          a folder          f MODE UID GID PATH          an empty file
 *     C MODE UID GID PATH SOURCE   a copy            L MODE UID GID PATH TARGET   a symbolic link
 * d and f set mode and owner of what is there already; C and L leave it alone. Some folders belong to services, so no
 * symbolic link is followed on the way: what a service puts there must not lead us elsewhere. */
#include "init.h"
#include <stdlib.h>

static const char LIST[] = "/usr/lib/cloudos/tmpfiles";

/* The folder that a path is in, made when it is missing; the last component is left in *name. */
static int parent(char *path, const char **name) {
    int dir = open("/", O_RDONLY | O_DIRECTORY | O_CLOEXEC);
    char *rest = path + 1, *slash;
    for (; dir >= 0 && (slash = strchr(rest, '/')); rest = slash + 1) {
        *slash = 0;
        if (mkdirat(dir, rest, 0755) && errno != EEXIST) break;
        int next = openat(dir, rest, O_RDONLY | O_DIRECTORY | O_NOFOLLOW | O_CLOEXEC);
        close(dir);
        dir = next;
        *slash = '/';
    }
    *name = rest;
    return dir;
}

static bool copy(const char *source, int to) {
    static char block[65536];
    int from = open(source, O_RDONLY | O_CLOEXEC);
    ssize_t n = -1;
    while (from >= 0 && (n = read(from, block, sizeof block)) > 0)
        if (write(to, block, (size_t) n) != n) n = -1, close(from), from = -1;
    if (from >= 0) close(from);
    return n == 0;
}

static bool make(char type, mode_t mode, uid_t uid, gid_t gid, char *path, const char *more) {
    const char *name;
    int dir = parent(path, &name), fd = -1;
    bool ok = false;
    if (type == 'L') ok = symlinkat(more, dir, name) == 0 || errno == EEXIST;
    else if (type == 'd') {
        if (mkdirat(dir, name, 0700) == 0 || errno == EEXIST) fd = openat(dir, name, O_RDONLY | O_DIRECTORY | O_NOFOLLOW | O_CLOEXEC);
    } else {
        fd = openat(dir, name, O_WRONLY | O_CREAT | O_EXCL | O_NOFOLLOW | O_CLOEXEC, 0600);
        if (fd < 0 && errno == EEXIST && type == 'C') ok = true;
        else if (fd < 0 && errno == EEXIST) fd = openat(dir, name, O_RDONLY | O_NONBLOCK | O_NOFOLLOW | O_CLOEXEC);
        else if (fd >= 0 && type == 'C' && !copy(more, fd)) unlinkat(dir, name, 0), close(fd), fd = -1;
    }
    if (fd >= 0) ok = fchown(fd, uid, gid) == 0 && fchmod(fd, mode) == 0; /* in this order: chown takes set-id bits away */
    if (fd >= 0) close(fd);
    if (dir >= 0) close(dir);
    return ok;
}

static void mount_etc(void) {
    static const char upper[] = DATA_DIR "/etc/changed", work[] = DATA_DIR "/etc/work";
    load_modules("packages");
    mkdir(DATA_DIR, 0755), mkdir(DATA_DIR "/etc", 0700), mkdir(upper, 0755), mkdir(work, 0700);
    if (mount("overlay", "/etc", "overlay", MS_NODEV | MS_NOSUID, "lowerdir=/etc,upperdir=" DATA_DIR "/etc/changed,workdir=" DATA_DIR "/etc/work"))
        say("/etc can't be written: overlay: %m");
}

void set_up_packages(void) {
    FILE *list = fopen(LIST, "re");
    if (!list) return;
    mount_etc();
    mode_t mask = umask(0);
    for (char line[2048]; fgets(line, sizeof line, list);) {
        char type, path[1024], more[1024] = "";
        unsigned mode, uid, gid;
        if (sscanf(line, "%c %o %u %u %1023s %1023s", &type, &mode, &uid, &gid, path, more) < 5 || *path != '/') continue;
        if (!make(type, mode, uid, gid, path, more)) say("%s: %m", path);
    }
    umask(mask);
    fclose(list);
}
