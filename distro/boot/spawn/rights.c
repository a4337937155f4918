/* Limits, priority, user, capabilities, system calls. Names in a description:
 *   nice oom ioprio timerslack personality   numbers as the kernel has them
 *   sched=POLICY:PRIORITY:RESET  cpu=N       rlimit=RESOURCE:SOFT:HARD  (-1: none)
 *   users=private                            others are nobody
 *   uid gid group                            numbers; group for each supplementary one, "groups=set" when they replace ours
 *   bounding ambient=MASK                    capabilities, hexadecimal
 *   securebits=BITS  nnp=1                   seccomp=HEX: a filter in classic BPF, as the JVM assembled it */
#include "spawn.h"
#include <grp.h>
#include <linux/capability.h>
#include <linux/filter.h>
#include <linux/ioprio.h>
#include <linux/seccomp.h>
#include <sched.h>
#include <sys/personality.h>
#include <sys/prctl.h>
#include <sys/resource.h>
#include <sys/syscall.h>

enum { MOST_FILTER = 4096, MOST_GROUPS = 256 };

static void set_limits(const struct child *c) {
    const char *at = NULL;
    for (const char *limit; (limit = each(c, "rlimit", &at));) {
        int resource;
        long long soft, hard;
        if (sscanf(limit, "%d:%lld:%lld", &resource, &soft, &hard) != 3) errno = EINVAL, fail(STEP_LIMITS, limit);
        struct rlimit r = {.rlim_cur = soft < 0 ? RLIM_INFINITY : (rlim_t) soft, .rlim_max = hard < 0 ? RLIM_INFINITY : (rlim_t) hard}, now;
        if (setrlimit((unsigned) resource, &r) == 0) continue;
        /* Who has no right to raise the hard limit gets what there is, as systemd does it. */
        if (errno != EPERM || getrlimit((unsigned) resource, &now)) fail(STEP_LIMITS, limit);
        if (r.rlim_cur > now.rlim_max) r.rlim_cur = now.rlim_max;
        r.rlim_max = now.rlim_max;
        if (setrlimit((unsigned) resource, &r)) fail(STEP_LIMITS, limit);
    }
}

void set_up_scheduling(const struct child *c) {
    const char *v, *at = NULL;
    if ((v = value(c, "oom"))) {
        int fd = open("/proc/self/oom_score_adj", O_WRONLY | O_CLOEXEC);
        /* Who has no right to lower it (in containers) goes on without, as systemd does it. */
        if (fd < 0 || (write(fd, v, strlen(v)) < 0 && errno != EPERM && errno != EACCES)) fail(STEP_OOM_ADJUST, v);
        close(fd);
    }
    if ((v = value(c, "nice")) && setpriority(PRIO_PROCESS, 0, (int) number(v))) fail(STEP_NICE, v);
    if ((v = value(c, "sched"))) {
        int policy, priority, reset;
        if (sscanf(v, "%d:%d:%d", &policy, &priority, &reset) != 3) errno = EINVAL, fail(STEP_SETSCHEDULER, v);
        struct sched_param p = {.sched_priority = priority};
        if (sched_setscheduler(0, policy | (reset ? SCHED_RESET_ON_FORK : 0), &p)) fail(STEP_SETSCHEDULER, v);
    }
    cpu_set_t cpus;
    CPU_ZERO(&cpus);
    for (const char *cpu; (cpu = each(c, "cpu", &at));) CPU_SET((size_t) number(cpu) % CPU_SETSIZE, &cpus);
    if (CPU_COUNT(&cpus) && sched_setaffinity(0, sizeof cpus, &cpus)) fail(STEP_CPUAFFINITY, "processors");
    if ((v = value(c, "ioprio")) && syscall(SYS_ioprio_set, IOPRIO_WHO_PROCESS, 0, (int) number(v))) fail(STEP_IOPRIO, v);
    if ((v = value(c, "timerslack")) && prctl(PR_SET_TIMERSLACK, (unsigned long) number(v))) fail(STEP_TIMERSLACK, v);
    if ((v = value(c, "personality")) && personality((unsigned long) number(v)) < 0) fail(STEP_PERSONALITY, v);
    set_limits(c);
}

static void set_groups(const struct child *c) {
    gid_t all[MOST_GROUPS];
    size_t n = 0;
    const char *at = NULL, *gid = value(c, "gid");
    for (const char *g; n < MOST_GROUPS && (g = each(c, "group", &at));) all[n++] = (gid_t) number(g);
    if (value(c, "groups") && setgroups(n, all)) fail(STEP_GROUP, "supplementary groups");
    if (gid && setresgid((gid_t) number(gid), (gid_t) number(gid), (gid_t) number(gid))) fail(STEP_GROUP, gid);
}

static void set_capabilities(uint64_t effective, uint64_t inheritable) {
    struct __user_cap_header_struct head = {.version = _LINUX_CAPABILITY_VERSION_3};
    struct __user_cap_data_struct data[2];
    for (int i = 0; i < 2; i++) {
        uint32_t e = (uint32_t) (effective >> (32 * i)), in = (uint32_t) (inheritable >> (32 * i));
        data[i] = (struct __user_cap_data_struct) {.effective = e, .permitted = e, .inheritable = in};
    }
    if (syscall(SYS_capset, &head, data)) fail(STEP_CAPABILITIES, "capabilities");
}

static uint64_t permitted(void) {
    struct __user_cap_header_struct head = {.version = _LINUX_CAPABILITY_VERSION_3};
    struct __user_cap_data_struct data[2] = {0};
    if (syscall(SYS_capget, &head, data)) fail(STEP_CAPABILITIES, "capabilities");
    return data[0].permitted | (uint64_t) data[1].permitted << 32;
}

static bool put(const char *folder, const char *file, const char *text) {
    char path[64];
    snprintf(path, sizeof path, "%s/%s", folder, file);
    int fd = open(path, O_WRONLY | O_CLOEXEC);
    bool done = fd >= 0 && write(fd, text, strlen(text)) >= 0;
    if (fd >= 0) close(fd);
    return done;
}

/* A user namespace in which root, the service's user and its group are themselves, and all others are nobody. The maps are
 * written from outside, by a child that stays there. */
static void leave_users(const struct child *c) {
    const char *uid = value(c, "uid"), *gid = value(c, "gid");
    char folder[32], users[64], groups[64], go = 0;
    int pair[2], result = 0;
    if (!value(c, "users")) return;
    snprintf(folder, sizeof folder, "/proc/%d", getpid());
    snprintf(users, sizeof users, "0 0 1\n");
    snprintf(groups, sizeof groups, "0 0 1\n");
    if (uid && number(uid)) snprintf(users + 6, sizeof users - 6, "%ld %ld 1\n", number(uid), number(uid));
    if (gid && number(gid)) snprintf(groups + 6, sizeof groups - 6, "%ld %ld 1\n", number(gid), number(gid));
    if (pipe2(pair, O_CLOEXEC)) fail(STEP_USER, "user namespace");
    pid_t helper = fork();
    if (helper == 0) {
        close(pair[1]);
        bool asked = read(pair[0], &go, 1) == 1;
        _exit(asked && put(folder, "uid_map", users) && put(folder, "gid_map", groups) ? 0 : errno ? errno : EIO);
    }
    close(pair[0]);
    if (helper < 0 || unshare(CLONE_NEWUSER) || write(pair[1], &go, 1) != 1) fail(STEP_USER, "user namespace");
    close(pair[1]);
    if (waitpid(helper, &result, 0) != helper || result) errno = WIFEXITED(result) ? WEXITSTATUS(result) : EIO, fail(STEP_USER, "user namespace");
}

static void install_filters(const struct child *c) {
    static struct sock_filter code[MOST_FILTER];
    const char *at = NULL;
    for (const char *hex; (hex = each(c, "seccomp", &at));) {
        size_t size = strlen(hex) / 2, n = size / sizeof *code;
        unsigned char *bytes = (unsigned char *) code;
        if (n == 0 || n > MOST_FILTER || size % sizeof *code) errno = EINVAL, fail(STEP_SECCOMP, "filter");
        for (size_t i = 0; i < size; i++)
            if (sscanf(hex + 2 * i, "%2hhx", bytes + i) != 1) errno = EINVAL, fail(STEP_SECCOMP, "filter");
        struct sock_fprog program = {.len = (unsigned short) n, .filter = code};
        if (prctl(PR_SET_SECCOMP, SECCOMP_MODE_FILTER, &program)) fail(STEP_SECCOMP, "filter");
    }
}

/* systemd's order: bounding set, keep what ambient needs over the change of user, user, ambient, no new privileges, filters. */
void drop_rights(const struct child *c) {
    const char *uid = value(c, "uid"), *bounding = value(c, "bounding"), *ambient = value(c, "ambient"), *bits = value(c, "securebits");
    uint64_t keep = ambient ? strtoull(ambient, NULL, 16) : 0, bound = bounding ? strtoull(bounding, NULL, 16) : ~0ULL;
    set_groups(c);
    leave_users(c);
    for (int cap = 0; bounding && cap < 64; cap++)
        if (!(bound >> cap & 1) && prctl(PR_CAPBSET_READ, cap) == 1 && prctl(PR_CAPBSET_DROP, cap)) fail(STEP_CAPABILITIES, "bounding set");
    if (keep && uid && prctl(PR_SET_KEEPCAPS, 1)) fail(STEP_CAPABILITIES, "keep");
    uint64_t have = permitted();
    if (bits && prctl(PR_SET_SECUREBITS, (unsigned long) number(bits))) fail(STEP_SECUREBITS, bits);
    if (uid && setresuid((uid_t) number(uid), (uid_t) number(uid), (uid_t) number(uid))) fail(STEP_USER, uid);
    bool root = uid ? number(uid) == 0 : geteuid() == 0;
    if (keep) {
        if (~have & keep) errno = EPERM, fail(STEP_CAPABILITIES, "ambient capabilities: not ours to give");
        set_capabilities(root ? have : keep, keep);
        for (int cap = 0; cap < 64; cap++)
            if (keep >> cap & 1 && prctl(PR_CAP_AMBIENT, PR_CAP_AMBIENT_RAISE, cap, 0, 0)) fail(STEP_CAPABILITIES, "ambient capabilities");
    } /* without: exec gives root what the bounding set leaves, and until then a filter can be installed */
    enter_folder(c);
    if (value(c, "nnp") && prctl(PR_SET_NO_NEW_PRIVS, 1, 0, 0, 0)) fail(STEP_NO_NEW_PRIVILEGES, "no new privileges");
    install_filters(c);
}
