/* The one JVM: started on the console, restarted with back-off when it crashes, every orphan reaped meanwhile. */
#include "init.h"
#include <errno.h>
#include <fcntl.h>
#include <signal.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/ioctl.h>
#include <sys/wait.h>
#include <termios.h>
#include <time.h>
#include <unistd.h>

enum { QUICK_FAILURES = 6, STEADY_SECONDS = 60, BACK_OFF_MAX = 30, STOP_SECONDS = 20 };

static char class_path[32768];

/* The last console is the one that /dev/console writes to. */
static const char *console_device(char *path, size_t size) {
    char names[128];
    if (read_file("/sys/class/tty/console/active", names, sizeof names) <= 0) return "/dev/console";
    const char *last = strrchr(names, ' ');
    snprintf(path, size, "/dev/%s", last ? last + 1 : names);
    return path;
}

void console_open(void) {
    char path[160], rows[16], columns[16];
    setsid();
    int fd = open(console_device(path, sizeof path), O_RDWR);
    if (fd < 0) return;
    ioctl(fd, TIOCSCTTY, 1);
    for (int i = 0; i < 3; i++) dup2(fd, i);
    if (fd > 2) close(fd);
    struct termios t;
    if (tcgetattr(0, &t) == 0) {
        t.c_iflag |= ICRNL | IXON;
        t.c_oflag |= OPOST | ONLCR;
        t.c_lflag |= ISIG | ICANON | ECHO | ECHOE | ECHOK | IEXTEN;
        t.c_cflag |= CREAD | CLOCAL;
        tcsetattr(0, TCSANOW, &t);
    }
    if (option("rows", rows, sizeof rows) && option("columns", columns, sizeof columns)) {
        struct winsize w = {.ws_row = (unsigned short) atoi(rows), .ws_col = (unsigned short) atoi(columns)};
        ioctl(0, TIOCSWINSZ, &w);
    }
}

/* HOME/classpath holds one relative path a line; relative, as the CDS archive remembers it that way. */
static bool read_class_path(void) {
    if (read_file("classpath", class_path, sizeof class_path) <= 0) return false;
    for (char *c = class_path; *c; c++)
        if (*c == '\n') *c = ':';
    return true;
}

static void exec_jvm(bool restarted) {
    char term[80] = "TERM=xterm", epoch[64], *args[24], value[64];
    int n = 0;
    console_open();
    if (option("term", value, sizeof value)) snprintf(term, sizeof term, "TERM=%s", value);
    if (chdir(HOME_DIR) || !read_class_path()) {
        say("no profile in the root file system: %s/classpath: %s", HOME_DIR, strerror(errno));
        _exit(EXIT_COULD_NOT_START);
    }
    args[n++] = "java";
    if (access("jvm.args", R_OK) == 0) args[n++] = "@jvm.args";
    if (access("cds.jsa", R_OK) == 0) args[n++] = "-XX:SharedArchiveFile=cds.jsa";
    snprintf(epoch, sizeof epoch, "-Dcloudos.epoch.offset.ms=%.0f", uptime() * 1000);
    args[n++] = epoch;
    args[n++] = "-cp", args[n++] = class_path;
    args[n++] = "org.cloudos.launcher.Main";
    args[n++] = "--data", args[n++] = DATA_DIR;
    if (access(RUN_DIR "/status", W_OK) == 0) args[n++] = "--status", args[n++] = RUN_DIR "/status";
    if (!restarted && driven()) args[n++] = "--exec-file", args[n++] = EXEC_FILE;
    args[n] = NULL;
    char *environment[] = {term, "HOME=" DATA_DIR, "LANG=C.UTF-8", "PATH=/usr/lib/jvm/bin:/usr/bin", NULL};
    execve("/usr/lib/jvm/bin/java", args, environment);
    say("can't start the JVM: %s", strerror(errno));
    _exit(EXIT_COULD_NOT_START);
}

static pid_t start(bool restarted) {
    say(restarted ? "starting the JVM again" : "starting the JVM");
    pid_t pid = fork();
    if (pid == 0) {
        sigset_t none;
        sigemptyset(&none);
        sigprocmask(SIG_SETMASK, &none, NULL);
        exec_jvm(restarted);
    }
    return pid;
}

/* Waits for the JVM's end, at most `seconds` (negative = for ever), and for whatever else ends meanwhile.
 * Preconditions: SIGCHLD, SIGTERM and SIGINT are blocked. */
static bool wait_for(pid_t pid, double seconds, int *result, bool *stop) {
    sigset_t set;
    sigemptyset(&set);
    sigaddset(&set, SIGCHLD);
    if (stop) sigaddset(&set, SIGTERM), sigaddset(&set, SIGINT);
    double until = uptime() + seconds;
    for (;;) {
        int code;
        for (pid_t ended; (ended = waitpid(-1, &code, WNOHANG)) > 0;)
            if (ended == pid) {
                *result = code;
                return true;
            }
        double left = seconds < 0 ? 3600 : until - uptime();
        if (left <= 0) return false;
        struct timespec t = {.tv_sec = (time_t) left, .tv_nsec = (long) ((left - (double) (time_t) left) * 1e9)};
        int signal = sigtimedwait(&set, NULL, &t);
        if (signal == SIGTERM || signal == SIGINT) {
            *stop = true;
            return false;
        }
    }
}

static void stop(pid_t pid) {
    int code;
    say("asked to power off: stopping the JVM");
    kill(pid, SIGTERM);
    if (wait_for(pid, STOP_SECONDS, &code, NULL)) return;
    say("the JVM didn't stop within %d s: killed", STOP_SECONDS);
    kill(pid, SIGKILL);
    wait_for(pid, 5, &code, NULL);
}

int run_jvm(void) {
    int failures = 0, back_off = 1, code = 0;
    bool asked = false;
    for (bool restarted = false;; restarted = true) {
        double since = uptime();
        pid_t pid = start(restarted);
        if (!wait_for(pid, -1, &code, &asked)) {
            stop(pid);
            return EXIT_POWER_OFF;
        }
        char why[96];
        if (WIFEXITED(code)) snprintf(why, sizeof why, "the JVM ended with code %d", WEXITSTATUS(code));
        else snprintf(why, sizeof why, "the JVM was ended by signal %d (%s)", WTERMSIG(code), strsignal(WTERMSIG(code)));
        if (WIFEXITED(code) && WEXITSTATUS(code) == EXIT_REBOOT) return EXIT_REBOOT;
        if (WIFEXITED(code) && WEXITSTATUS(code) == EXIT_POWER_OFF) return EXIT_POWER_OFF;
        say("%s after %.0f s", why, uptime() - since);
        if (driven() && !restarted) { /* the commands may have run in part: doing them again is not ours to decide */
            int exit = WIFEXITED(code) ? WEXITSTATUS(code) : 128 + WTERMSIG(code);
            status("{\"event\":\"exit\",\"code\":%d,\"reason\":\"%s\"}\n", exit, why);
            return EXIT_POWER_OFF;
        }
        if (uptime() - since >= STEADY_SECONDS) failures = 0, back_off = 1;
        if (++failures >= QUICK_FAILURES) {
            int choice = rescue(why);
            if (choice != EXIT_RETRY) return choice;
            failures = 0, back_off = 1;
            continue;
        }
        say("again in %d s", back_off);
        if (!wait_for(-2, back_off, &code, &asked) && asked) return EXIT_POWER_OFF;
        back_off = back_off * 2 > BACK_OFF_MAX ? BACK_OFF_MAX : back_off * 2;
    }
}
