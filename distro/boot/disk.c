/* File systems are found by their volume labels, on any block device: no device name is fixed anywhere.
 *   root: EROFS "cloudos-root", or /root.erofs in the initramfs. Data: ext4 "cloudos-data", else a tmpfs. */
#include "init.h"
#include <linux/loop.h>

struct kind { const char *type, *label; unsigned magic; size_t magic_at, magic_size, label_at; };

/* Offsets in the superblock, which both keep at byte 1024 of the volume. */
static const struct kind ROOT = {"erofs", "cloudos-root", 0xE0F5E1E2, 0, 4, 64};
static const struct kind DATA = {"ext4", "cloudos-data", 0xEF53, 56, 2, 120};
enum { SUPERBLOCK = 1024, LABEL = 16, ROOT_WAIT_MS = 10000, STEP_MS = 50 };

static bool is(const struct kind *kind, const char *device) {
    unsigned char super[256];
    int fd = open(device, O_RDONLY | O_CLOEXEC);
    ssize_t n = fd < 0 ? -1 : pread(fd, super, sizeof super, SUPERBLOCK);
    unsigned magic = 0;
    if (fd >= 0) close(fd);
    if (n == sizeof super) memcpy(&magic, super + kind->magic_at, kind->magic_size);
    return n == sizeof super && magic == kind->magic && !strncmp((char *) super + kind->label_at, kind->label, LABEL);
}

static bool find(const struct kind *kind, char *device, size_t size) {
    DIR *blocks = opendir("/sys/class/block");
    bool found = false;
    for (struct dirent *e; blocks && !found && (e = readdir(blocks));) {
        snprintf(device, size, "/dev/%.200s", e->d_name);
        found = is(kind, device);
    }
    if (blocks) closedir(blocks);
    return found;
}

/* A loop device over a file; tmpfs, where the initramfs may live, can't be mounted from directly. */
static bool loop(const char *file, char *device, size_t size) {
    int control = open("/dev/loop-control", O_RDWR | O_CLOEXEC), number = control < 0 ? -1 : ioctl(control, LOOP_CTL_GET_FREE);
    snprintf(device, size, "/dev/loop%d", number);
    int dev = open(device, O_RDONLY | O_CLOEXEC), backing = open(file, O_RDONLY | O_CLOEXEC);
    struct loop_config config = {.fd = (unsigned) backing, .info.lo_flags = LO_FLAGS_READ_ONLY};
    bool ok = dev >= 0 && backing >= 0 && ioctl(dev, LOOP_CONFIGURE, &config) == 0;
    if (!ok) say("%s over %s: %m", device, file);
    close(control), close(dev), close(backing);
    return ok;
}

bool mount_root(const char *target) {
    char device[256] = "";
    bool found = access("/root.erofs", R_OK) == 0 && loop("/root.erofs", device, sizeof device);
    for (int waited = 0; !found && waited <= ROOT_WAIT_MS; waited += STEP_MS) {
        found = find(&ROOT, device, sizeof device);
        /* Other disks only now: every q35 machine has an empty AHCI, and to find that out takes as long as all else. */
        if (!found) load_modules("disks"), usleep(STEP_MS * 1000);
    }
    mkdir(target, 0755);
    if (found && mount(device, target, ROOT.type, MS_RDONLY, NULL)) say("root %s: %m", device), found = false;
    if (found) say("root %s", device);
    return found;
}

void mount_data(const char *target) {
    char device[256];
    bool found = find(&DATA, device, sizeof device);
    if (found && mount(device, target, DATA.type, MS_NOATIME | MS_NODEV | MS_NOSUID, NULL) == 0) {
        say("data %s", device);
        return;
    }
    if (found) say("data %s can't be mounted (%m): left alone; changes of this run are lost at power-off", device);
    else say("no data disk (ext4 labelled %s): changes are lost at power-off", DATA.label);
    mount("tmpfs", target, "tmpfs", MS_NODEV | MS_NOSUID, "mode=0755");
}

void unmount_data(void) {
    umount("/etc"); /* an overlay that is kept in /var, when there are packages */
    /* Held by a file all the same: what is written is at least on the disk, and the journal is clean. */
    if (umount("/var")) mount(NULL, "/var", NULL, MS_REMOUNT | MS_RDONLY, NULL);
}

void switch_root(const char *target) {
    static const char *const moved[] = {"/proc", "/sys", "/dev", "/run"};
    char path[64];
    for (size_t i = 0; i < sizeof moved / sizeof *moved; i++) {
        snprintf(path, sizeof path, "%s%s", target, moved[i]);
        if (mount(moved[i], path, NULL, MS_MOVE, NULL)) say("%s: %m", path);
    }
    unlink("/init"); /* a loop's file and the late modules stay */
    if (chdir(target) || mount(".", "/", NULL, MS_MOVE, NULL) || chroot(".") || chdir("/"))
        give_up("the switch to the root file system failed");
    mount("tmpfs", "/tmp", "tmpfs", MS_NODEV | MS_NOSUID, "mode=1777");
}
