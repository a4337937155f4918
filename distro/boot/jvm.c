/* The one JVM: started on the console, restarted with back-off when it crashes, every orphan reaped meanwhile. */
#include "init.h"
#include <stdlib.h>
#include <termios.h>

enum { MACHINE_OPTIONS = 16, QUICK_FAILURES = 6, STEADY_SECONDS = 60, BACK_OFF_MAX = 30, STOP_SECONDS = 20, FOR_EVER = 1 << 30 };

void console_open(void) {
    char names[128] = "console", path[160], rows[16], columns[16];
    read_file("/sys/class/tty/console/active", names, sizeof names);
    const char *last = strrchr(names, ' '); /* the one that /dev/console writes to */
    snprintf(path, sizeof path, "/dev/%s", last ? last + 1 : names);
    setsid();
    int fd = open(path, O_RDWR);
    if (fd < 0) return;
    ioctl(fd, TIOCSCTTY, 1);
    for (int i = 0; i < 3; i++) dup2(fd, i);
    if (fd > 2) close(fd);
    struct termios t;
    if (tcgetattr(0, &t) == 0) {
        t.c_iflag |= ICRNL | IXON, t.c_oflag |= OPOST | ONLCR;
        t.c_lflag |= ISIG | ICANON | ECHO | ECHOE | ECHOK | IEXTEN;
        tcsetattr(0, TCSANOW, &t);
    }
    if (option("rows", rows, sizeof rows) && option("columns", columns, sizeof columns)) {
        struct winsize w = {.ws_row = (unsigned short) atoi(rows), .ws_col = (unsigned short) atoi(columns)};
        ioctl(0, TIOCSWINSZ, &w);
    }
}

/* What the machine that we run on asks of the JVM: jvm=OPTION,OPTION... The profile's own come after, and win. Returns how many. */
static int machine_options(char **args, int most) {
    static char value[1024];
    int n = 0;
    char *next = option("jvm", value, sizeof value) ? value : NULL;
    for (char *word; n < most && (word = strsep(&next, ","));)
        if (*word) args[n++] = word;
    return n;
}

static void exec_jvm(bool restarted) {
    static char class_path[65536]; /* one relative path a line, as the CDS archive remembers it that way */
    char term[80] = "TERM=xterm", epoch[64], value[1024], repositories[1100], *args[24 + MACHINE_OPTIONS] = {NULL};
    int n = 0;
    console_open();
    if (option("term", value, sizeof value)) snprintf(term, sizeof term, "TERM=%.64s", value);
    if (chdir(HOME_DIR) || read_file("classpath", class_path, sizeof class_path) <= 0) {
        say("no profile in the root file system: %s/classpath: %m", HOME_DIR);
        _exit(EXIT_COULD_NOT_START);
    }
    for (char *c = class_path; *c; c++)
        if (*c == '\n') *c = ':';
    args[n++] = "java", args[n++] = "-XX:ErrorFile=" DATA_DIR "/log/jvm-crash.log"; /* survives, as init's own log does */
    n += machine_options(args + n, MACHINE_OPTIONS);
    if (access("jvm.args", R_OK) == 0) args[n++] = "@jvm.args";
    if (access("cds.jsa", R_OK) == 0) args[n++] = "-XX:SharedArchiveFile=cds.jsa";
    snprintf(epoch, sizeof epoch, "-Dcloudos.epoch.offset.ms=%.0f", uptime() * 1000);
    args[n++] = epoch;
    if (option("repositories", value, sizeof value)) {
        snprintf(repositories, sizeof repositories, "-Dcloudos.repositories=%s", value);
        args[n++] = repositories;
    }
    args[n++] = "-cp", args[n++] = class_path, args[n++] = "org.cloudos.launcher.Main";
    args[n++] = "--data", args[n++] = DATA_DIR;
    if (access(STATUS_LINK, W_OK) == 0) args[n++] = "--status", args[n++] = STATUS_LINK;
    if (!restarted && driven()) args[n++] = "--exec-file", args[n++] = EXEC_FILE;
    char *environment[] = {term, "HOME=" DATA_DIR, "LANG=C.UTF-8", "PATH=/usr/lib/jvm/bin:/usr/bin", NULL};
    execve("/usr/lib/jvm/bin/java", args, environment);
    say("can't start the JVM: %m");
    _exit(EXIT_COULD_NOT_START);
}

/* Reaps until `pid` has ended (0: nobody is waited for), a signal asks for power-off, or the time is over.
 * Preconditions: signals are blocked. */
static enum { ENDED, ASKED, LATE } wait_for(pid_t pid, double seconds, bool listen, int *code) {
    double until = uptime() + seconds;
    sigset_t set;
    sigemptyset(&set);
    sigaddset(&set, SIGCHLD);
    if (listen) sigaddset(&set, SIGTERM), sigaddset(&set, SIGINT);
    for (;;) {
        int status;
        for (pid_t ended; (ended = waitpid(-1, &status, WNOHANG)) > 0;) {
            *code = status;
            if (ended == pid) return ENDED;
        }
        double left = until - uptime();
        if (left <= 0) return LATE;
        struct timespec t = {.tv_sec = (time_t) left, .tv_nsec = (long) ((left - (double) (time_t) left) * 1e9)};
        int signal = sigtimedwait(&set, NULL, &t);
        if (signal == SIGTERM || signal == SIGINT) return ASKED;
    }
}

static int stop(pid_t pid) {
    int code;
    say("asked to power off: stopping the JVM");
    kill(pid, SIGTERM);
    if (wait_for(pid, STOP_SECONDS, false, &code) == LATE) say("the JVM didn't stop within %d s: killed", STOP_SECONDS);
    return EXIT_POWER_OFF; /* where all are killed */
}

int run_jvm(void) {
    int failures = 0, back_off = 1, code = 0;
    for (bool restarted = false;; restarted = true) {
        char why[96];
        double since = uptime();
        say(restarted ? "starting the JVM again" : "starting the JVM");
        pid_t pid = fork();
        if (pid == 0) {
            mask_signals(SIG_UNBLOCK);
            exec_jvm(restarted);
        }
        if (wait_for(pid, FOR_EVER, true, &code) == ASKED) return stop(pid);
        int exit = WIFEXITED(code) ? WEXITSTATUS(code) : 128 + WTERMSIG(code);
        if (exit == EXIT_POWER_OFF || exit == EXIT_REBOOT) return exit;
        if (WIFEXITED(code)) snprintf(why, sizeof why, "the JVM ended with code %d", exit);
        else snprintf(why, sizeof why, "the JVM was ended by signal %d (%s)", WTERMSIG(code), strsignal(WTERMSIG(code)));
        say("%s after %.0f s", why, uptime() - since);
        if (driven()) { /* its commands may have run in part: doing them again is not ours to decide */
            status("exit", exit, why);
            return EXIT_POWER_OFF;
        }
        if (uptime() - since >= STEADY_SECONDS) failures = 0, back_off = 1;
        if (++failures >= QUICK_FAILURES) {
            int choice = rescue(why);
            if (choice != EXIT_RETRY) return choice;
            failures = 0, back_off = 1;
        }
        say("again in %d s", back_off);
        if (wait_for(0, back_off, true, &code) == ASKED) return EXIT_POWER_OFF;
        back_off = back_off * 2 > BACK_OFF_MAX ? BACK_OFF_MAX : back_off * 2;
    }
}
