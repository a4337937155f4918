/* Messages: console, kernel log, /run/cloudos/init.log, and /var/cloudos/log/init.log, which survives the restart. */
#include "init.h"
#include <stdarg.h>

#define RUN_LOG  RUN_DIR "/init.log"
#define DATA_LOG DATA_DIR "/log/init.log"

double uptime(void) {
    struct timespec t;
    clock_gettime(CLOCK_BOOTTIME, &t);
    return (double) t.tv_sec + (double) t.tv_nsec / 1e9;
}

/* Opened for each message: an open file would keep /var from being unmounted. A log that can't be written must not
 * stop the machine. */
static void append(const char *path, const char *text) {
    int fd = open(path, O_WRONLY | O_CREAT | O_APPEND | O_CLOEXEC, 0644);
    if (fd >= 0) dprintf(fd, "%s", text), close(fd);
}

/* What was said before /var was there goes first, so the kept log is whole. */
void log_to_data(void) {
    static char early[8192];
    struct stat s;
    mkdir(DATA_DIR, 0755), mkdir(DATA_DIR "/log", 0755);
    if (stat(DATA_LOG, &s) == 0 && s.st_size > 256 * 1024) rename(DATA_LOG, DATA_LOG ".1");
    append(DATA_LOG, "-- boot --\n");
    read_file(RUN_LOG, early, sizeof early - 1);
    append(DATA_LOG, strcat(early, "\n"));
}

void say(const char *format, ...) {
    char line[512];
    int n = snprintf(line, sizeof line, "<6>init: [%7.3f] ", uptime()), most = sizeof line - 3;
    va_list args;
    va_start(args, format);
    n += vsnprintf(line + n, (size_t) (most - n), format, args);
    va_end(args);
    if (n >= most) n = most - 1;
    strcpy(line + n, "\n");
    const char *text = line + strlen("<6>"); /* the kernel's priority, for its log alone */
    append("/dev/kmsg", line);
    append(RUN_LOG, text);
    append(DATA_LOG, text);
    if (driven()) return; /* the console is for what the commands print */
    dprintf(STDERR_FILENO, "%.*s\r\n", n - (int) strlen("<6>"), text); /* the JVM may have left the terminal raw */
}

/* The virtio-serial port named org.cloudos.status; NULL when the host gave none. */
const char *status_port(void) {
    static char port[80];
    DIR *ports = opendir("/sys/class/virtio-ports");
    for (struct dirent *e; ports && !*port && (e = readdir(ports));) {
        char file[320], name[64];
        snprintf(file, sizeof file, "/sys/class/virtio-ports/%s/name", e->d_name);
        if (read_file(file, name, sizeof name) < 0 || strcmp(name, "org.cloudos.status")) continue;
        snprintf(port, sizeof port, "/dev/%.64s", e->d_name);
    }
    if (ports) closedir(ports);
    return *port ? port : NULL;
}

/* One JSON object a line. Opened for each, as a port can be opened once at a time and the JVM holds it while it lives. */
void status(const char *event, int code, const char *reason) {
    const char *port = status_port();
    int fd = port ? open(port, O_WRONLY | O_CLOEXEC | O_NONBLOCK) : -1;
    if (fd < 0) return;
    dprintf(fd, "{\"event\":\"%s\",\"code\":%d,\"reason\":\"%s\"}\n", event, code, reason);
    close(fd);
}
