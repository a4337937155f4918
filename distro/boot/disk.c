/* File systems are found by their volume labels, on any block device: no device name is fixed anywhere.
 *   root: EROFS "cloudos-root", or /root.erofs in the initramfs. Data: ext4 "cloudos-data", else a tmpfs. */
#include "init.h"
#include <dirent.h>
#include <errno.h>
#include <fcntl.h>
#include <linux/loop.h>
#include <stdio.h>
#include <string.h>
#include <sys/ioctl.h>
#include <sys/mount.h>
#include <sys/stat.h>
#include <unistd.h>

struct kind { const char *type, *label; unsigned magic; size_t magic_at, magic_size, label_at; };

/* Offsets in the superblock, which both keep at byte 1024 of the volume. */
static const struct kind ROOT = {"erofs", "cloudos-root", 0xE0F5E1E2, 0, 4, 64};
static const struct kind DATA = {"ext4", "cloudos-data", 0xEF53, 56, 2, 120};
enum { SUPERBLOCK = 1024, LABEL = 16, ROOT_WAIT_MS = 10000, STEP_MS = 50 };

static char data_target[64];

static bool is(const struct kind *kind, const char *device) {
    unsigned char super[256];
    int fd = open(device, O_RDONLY | O_CLOEXEC);
    if (fd < 0) return false;
    ssize_t n = pread(fd, super, sizeof super, SUPERBLOCK);
    close(fd);
    unsigned magic = 0;
    if (n == sizeof super) memcpy(&magic, super + kind->magic_at, kind->magic_size);
    return n == sizeof super && magic == kind->magic && !strncmp((char *) super + kind->label_at, kind->label, LABEL);
}

static bool find(const struct kind *kind, char *device, size_t size) {
    DIR *blocks = opendir("/sys/class/block");
    struct dirent *e;
    bool found = false;
    while (blocks && !found && (e = readdir(blocks))) {
        if (e->d_name[0] == '.' || !strncmp(e->d_name, "loop", 4)) continue;
        snprintf(device, size, "/dev/%.200s", e->d_name);
        found = is(kind, device);
    }
    if (blocks) closedir(blocks);
    return found;
}

/* A loop device over a file; tmpfs, where the initramfs may live, can't be mounted from directly. */
static bool loop(const char *file, char *device, size_t size) {
    int control = open("/dev/loop-control", O_RDWR | O_CLOEXEC);
    int number = control < 0 ? -1 : ioctl(control, LOOP_CTL_GET_FREE);
    if (control >= 0) close(control);
    snprintf(device, size, "/dev/loop%d", number);
    int dev = open(device, O_RDONLY | O_CLOEXEC), backing = open(file, O_RDONLY | O_CLOEXEC);
    struct loop_config config = {.fd = (unsigned) backing, .info.lo_flags = LO_FLAGS_READ_ONLY};
    bool ok = dev >= 0 && backing >= 0 && ioctl(dev, LOOP_CONFIGURE, &config) == 0;
    if (!ok) say("loop device %d: %s", number, strerror(errno));
    if (dev >= 0) close(dev);
    if (backing >= 0) close(backing);
    return ok;
}

bool mount_root(const char *target) {
    char device[256] = "";
    bool found = access("/root.erofs", R_OK) == 0 && loop("/root.erofs", device, sizeof device);
    for (int waited = 0; !found && waited <= ROOT_WAIT_MS; waited += STEP_MS) { /* disks may still be probed */
        if (waited) usleep(STEP_MS * 1000), load_modules("root");
        found = find(&ROOT, device, sizeof device);
    }
    if (!found) return false;
    mkdir(target, 0755);
    if (mount(device, target, ROOT.type, MS_RDONLY, NULL)) {
        say("root %s: %s", device, strerror(errno));
        return false;
    }
    say("root %s", device);
    return true;
}

void mount_data(const char *target) {
    char device[256];
    snprintf(data_target, sizeof data_target, "/var"); /* as it is called after the switch */
    if (find(&DATA, device, sizeof device)) {
        if (mount(device, target, DATA.type, MS_NOATIME | MS_NODEV | MS_NOSUID, NULL) == 0) {
            say("data %s", device);
            return;
        }
        say("data %s can't be mounted (%s): left alone, changes of this run are lost at power-off", device, strerror(errno));
    } else {
        say("no data disk (ext4 labelled %s): changes are lost at power-off", DATA.label);
    }
    mount("tmpfs", target, "tmpfs", MS_NODEV | MS_NOSUID, "mode=0755");
}

void unmount_data(void) {
    for (int attempt = 0; *data_target && attempt < 10; attempt++) {
        if (umount(data_target) == 0) return;
        usleep(50000);
    }
    /* Something still holds a file: what is written is at least on the disk, and the journal is clean. */
    if (*data_target) mount(NULL, data_target, NULL, MS_REMOUNT | MS_RDONLY, NULL);
}

void switch_root(const char *target) {
    static const char *const moved[] = {"/proc", "/sys", "/dev", "/run"};
    char path[64];
    for (size_t i = 0; i < sizeof moved / sizeof *moved; i++) {
        snprintf(path, sizeof path, "%s%s", target, moved[i]);
        if (mount(moved[i], path, NULL, MS_MOVE, NULL)) say("%s: %s", path, strerror(errno));
    }
    snprintf(path, sizeof path, "%s/tmp", target);
    mount("tmpfs", path, "tmpfs", MS_NODEV | MS_NOSUID, "mode=1777");
    unlink("/init"); /* a loop's backing file and the late modules stay */
    if (chdir(target) || mount(".", "/", NULL, MS_MOVE, NULL) || chroot(".") || chdir("/"))
        give_up("can't switch to the root file system: %s", strerror(errno));
}
