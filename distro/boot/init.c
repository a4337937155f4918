/* CloudOS init: see init.h for the sequence. */
#include "init.h"
#include <fcntl.h>
#include <signal.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/mount.h>
#include <sys/reboot.h>
#include <sys/stat.h>
#include <unistd.h>

#define NEW_ROOT "/root"
enum { NEEDED_MIB = 150 }; /* of MemTotal: what `minimal` takes to its prompt, with some room */

static void mount_kernel(void) {
    static const struct { const char *type, *target, *options; } mounts[] = {
        {"proc", "/proc", NULL}, {"sysfs", "/sys", NULL}, {"devtmpfs", "/dev", "mode=0755"}, {"tmpfs", "/run", "mode=0755"}};
    for (size_t i = 0; i < sizeof mounts / sizeof *mounts; i++) {
        mkdir(mounts[i].target, 0755);
        mount(mounts[i].type, mounts[i].target, mounts[i].type, MS_NOSUID, mounts[i].options);
    }
}

static void mount_devices(void) {
    mkdir("/dev/pts", 0755);
    mount("devpts", "/dev/pts", "devpts", MS_NOSUID | MS_NOEXEC, "gid=5,mode=620,ptmxmode=666");
    mkdir("/dev/shm", 01777);
    mount("tmpfs", "/dev/shm", "tmpfs", MS_NOSUID | MS_NODEV, "mode=1777");
    if (symlink("/proc/self/fd", "/dev/fd")) return;
}

static void block_signals(void) {
    sigset_t set;
    sigemptyset(&set);
    sigaddset(&set, SIGCHLD);
    sigaddset(&set, SIGTERM);
    sigaddset(&set, SIGINT);
    sigprocmask(SIG_BLOCK, &set, NULL);
    signal(SIGHUP, SIG_IGN);
    reboot(RB_DISABLE_CAD); /* ctrl-alt-del comes as SIGINT */
}

static void check_memory(void) {
    char info[256];
    long kib = 0;
    if (read_file("/proc/meminfo", info, sizeof info) > 0) sscanf(info, "MemTotal: %ld", &kib);
    if (kib && kib / 1024 < NEEDED_MIB)
        give_up("not enough memory: CloudOS needs a machine with at least %d MiB usable, found %ld MiB", NEEDED_MIB, kib / 1024);
}

/* What the first prompt doesn't wait for. */
static void late(void) {
    if (fork()) return;
    load_modules("late");
    drop_modules();
    configure_network();
    watch_power_button();
    _exit(0);
}

/* Brings what the JVM is about to map into the page cache, in large reads, while it loads. */
static void read_ahead(void) {
    static const char *const files[] = {"/usr/lib/jvm/lib/server/libjvm.so", HOME_DIR "/cds.jsa", "/usr/lib/jvm/lib/modules"};
    char none[8];
    if (option("cloudos.noreadahead", none, sizeof none) || fork()) return;
    for (size_t i = 0; i < sizeof files / sizeof *files; i++) {
        struct stat s;
        int fd = open(files[i], O_RDONLY | O_CLOEXEC);
        if (fd >= 0 && fstat(fd, &s) == 0) readahead(fd, 0, (size_t) s.st_size);
    }
    _exit(0);
}

int main(void) {
    char value[16];
    if (getpid() != 1) {
        fputs("init: this is process 1 of a CloudOS machine, not a command\n", stderr);
        return 2;
    }
    umask(022);
    mount_kernel();
    block_signals();
    log_start();
    load_modules("root");
    read_options();
    say("CloudOS init");
    status("%s", "");
    if (option("cloudos.rescue", value, sizeof value)) {
        int choice = rescue("asked for by cloudos.rescue");
        if (choice != EXIT_RETRY) end(choice);
    }
    check_memory();
    if (!mount_root(NEW_ROOT)) give_up("no root file system: no block device holds an EROFS labelled cloudos-root");
    mount_data(NEW_ROOT "/var");
    switch_root(NEW_ROOT);
    mount_devices();
    log_to_data();
    late();
    read_ahead();
    end(run_jvm());
}
