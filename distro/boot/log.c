/* Messages: console, kernel log, /run/cloudos/init.log, and /var/cloudos/log/init.log, which survives the restart. */
#include "init.h"
#include <dirent.h>
#include <fcntl.h>
#include <stdarg.h>
#include <stdio.h>
#include <string.h>
#include <sys/stat.h>
#include <time.h>
#include <unistd.h>

#define RUN_LOG  RUN_DIR "/init.log"
#define DATA_LOG DATA_DIR "/log/init.log"
enum { DATA_LOG_MAX = 256 * 1024 };

static int run_log = -1, data_log = -1, kernel_log = -1;

double uptime(void) {
    struct timespec t;
    clock_gettime(CLOCK_BOOTTIME, &t);
    return (double) t.tv_sec + (double) t.tv_nsec / 1e9;
}

static void put(int fd, const char *text, size_t length) {
    /* A log that can't be written must not stop the machine. */
    if (fd >= 0 && write(fd, text, length) < 0) return;
}

void log_start(void) {
    make_dir(RUN_DIR);
    run_log = open(RUN_LOG, O_WRONLY | O_CREAT | O_APPEND | O_CLOEXEC, 0644);
    kernel_log = open("/dev/kmsg", O_WRONLY | O_CLOEXEC);
}

/* What was said before /var was there goes first, so the kept log is whole. */
void log_to_data(void) {
    char early[8192];
    struct stat s;
    make_dir(DATA_DIR "/log");
    if (stat(DATA_LOG, &s) == 0 && s.st_size > DATA_LOG_MAX) rename(DATA_LOG, DATA_LOG ".1");
    data_log = open(DATA_LOG, O_WRONLY | O_CREAT | O_APPEND | O_CLOEXEC, 0644);
    ssize_t n = read_file(RUN_LOG, early, sizeof early - 1);
    put(data_log, "-- boot --\n", 11);
    if (n > 0) {
        early[n++] = '\n';
        put(data_log, early, (size_t) n);
    }
}

void say(const char *format, ...) {
    char line[512];
    int n = snprintf(line, sizeof line, "<6>init: [%7.3f] ", uptime());
    va_list args;
    va_start(args, format);
    n += vsnprintf(line + n, sizeof line - (size_t) n - 2, format, args);
    va_end(args);
    if (n > (int) sizeof line - 3) n = sizeof line - 3;
    line[n++] = '\n';
    put(kernel_log, line, (size_t) n);
    const char *text = line + 3;
    size_t length = (size_t) n - 3;
    put(run_log, text, length);
    put(data_log, text, length);
    line[n - 1] = '\r', line[n++] = '\n'; /* the JVM may have left the terminal raw */
    put(STDERR_FILENO, text, length + 1);
}

/* The virtio-serial port named org.cloudos.status: one JSON object a line. Opened for each message, as a port can be
 * opened once at a time and the JVM holds it while it lives. */
static bool status_port(char *path, size_t size) {
    DIR *ports = opendir("/sys/class/virtio-ports");
    struct dirent *e;
    bool found = false;
    while (ports && !found && (e = readdir(ports))) {
        char file[320], name[64];
        snprintf(file, sizeof file, "/sys/class/virtio-ports/%s/name", e->d_name);
        if (e->d_name[0] == '.' || read_file(file, name, sizeof name) < 0) continue;
        if (strcmp(name, "org.cloudos.status")) continue;
        snprintf(path, size, "/dev/%.64s", e->d_name);
        found = true;
    }
    if (ports) closedir(ports);
    return found;
}

void status(const char *format, ...) {
    char line[512], port[80];
    if (!status_port(port, sizeof port)) return;
    if (symlink(port, RUN_DIR "/status") < 0 && access(port, W_OK) < 0) return;
    va_list args;
    va_start(args, format);
    int n = vsnprintf(line, sizeof line, format, args);
    va_end(args);
    int fd = n > 0 ? open(port, O_WRONLY | O_CLOEXEC | O_NONBLOCK) : -1;
    put(fd, line, n < (int) sizeof line ? (size_t) n : sizeof line - 1);
    if (fd >= 0) close(fd);
}
