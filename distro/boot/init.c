/* CloudOS init: see init.h for the sequence. */
#include "init.h"

enum { NEEDED_MIB = 140 }; /* of MemTotal, which a machine of 192 MiB has; less starts, but does not hold long */

static void mount_kernel(void) {
    static const struct { const char *type, *target, *options; } all[] = {
        {"proc", "/proc", NULL}, {"sysfs", "/sys", NULL}, {"cgroup2", "/sys/fs/cgroup", NULL}, {"devtmpfs", "/dev", "mode=0755"}, {"tmpfs", "/run", "mode=0755"},
        {"devpts", "/dev/pts", "gid=5,mode=620,ptmxmode=666"}, {"tmpfs", "/dev/shm", "mode=1777"}};
    for (size_t i = 0; i < sizeof all / sizeof *all; i++) {
        mkdir(all[i].target, 0755);
        mount(all[i].type, all[i].target, all[i].type, MS_NOSUID, all[i].options);
    }
    mkdir(RUN_DIR, 0755);
}

void mask_signals(int how) {
    sigset_t all;
    sigfillset(&all);
    sigprocmask(how, &all, NULL);
}

static void check_memory(void) {
    char text[256] = "";
    long kib = NEEDED_MIB * 1024;
    read_file("/proc/meminfo", text, sizeof text);
    sscanf(text, "MemTotal: %ld", &kib);
    snprintf(text, sizeof text, "not enough memory: needed are %d MiB beside the kernel (a machine of 192 MiB), found %ld MiB", NEEDED_MIB, kib / 1024);
    if (kib / 1024 < NEEDED_MIB) give_up(text);
}

static void set_host_name(void) {
    char name[65];
    if ((option("hostname", name, sizeof name) || read_file("/etc/hostname", name, sizeof name) > 0) && sethostname(name, strlen(name)))
        say("host name %s: %m", name);
}

/* What the first prompt doesn't wait for. */
static void late(void) {
    if (fork()) return;
    mask_signals(SIG_UNBLOCK);
    load_modules("late");
    drop_modules();
    configure_network();
    watch_power_button();
    _exit(0);
}

int main(void) {
    if (getpid() != 1) return fputs("init: this is process 1 of a CloudOS machine, not a command\n", stderr), 2;
    mask_signals(SIG_BLOCK);
    reboot(RB_DISABLE_CAD); /* ctrl-alt-del comes as SIGINT */
    umask(022);
    mount_kernel();
    load_modules("root");
    read_options();
    say("CloudOS init");
    if (status_port() && symlink(status_port(), STATUS_LINK)) say("%s: %m", STATUS_LINK);
    if (option("cloudos.rescue", (char[8]) {0}, 8)) give_up("asked for the rescue prompt");
    check_memory();
    if (!mount_root("/root")) give_up("no root file system: no block device holds an EROFS labelled cloudos-root");
    mount_data("/root/var");
    switch_root("/root");
    set_host_name();
    log_to_data();
    set_up_packages();
    late();
    end(run_jvm());
}
