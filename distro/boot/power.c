/* Ending: orderly power-off, the power button, and the rescue prompt for what can't go on. */
#include "init.h"
#include <dirent.h>
#include <fcntl.h>
#include <linux/input.h>
#include <poll.h>
#include <signal.h>
#include <stdarg.h>
#include <stdio.h>
#include <string.h>
#include <sys/reboot.h>
#include <sys/wait.h>
#include <unistd.h>

enum { MAX_INPUTS = 8, GRACE_MS = 2000, STEP_MS = 20 };

/* In a child, for ever: a press of the ACPI power button ends as SIGTERM at process 1. */
void watch_power_button(void) {
    struct pollfd inputs[MAX_INPUTS];
    nfds_t count = 0;
    char path[64];
    for (int i = 0; i < MAX_INPUTS; i++) {
        snprintf(path, sizeof path, "/dev/input/event%d", i);
        int fd = open(path, O_RDONLY | O_CLOEXEC);
        if (fd >= 0) inputs[count++] = (struct pollfd) {.fd = fd, .events = POLLIN};
    }
    while (count && poll(inputs, count, -1) > 0)
        for (nfds_t i = 0; i < count; i++) {
            struct input_event e;
            if (!inputs[i].revents) continue;
            if (read(inputs[i].fd, &e, sizeof e) != sizeof e) inputs[i].fd = -1;
            else if (e.type == EV_KEY && e.code == KEY_POWER && e.value == 1) kill(1, SIGTERM);
        }
}

void kill_all(void) {
    if (getpid() != 1) return;
    kill(-1, SIGTERM);
    for (int waited = 0; waited < GRACE_MS; waited += STEP_MS) {
        pid_t ended;
        while ((ended = waitpid(-1, NULL, WNOHANG)) > 0) continue;
        if (ended < 0) return; /* none left */
        usleep(STEP_MS * 1000);
    }
    kill(-1, SIGKILL);
}

void end(int how) {
    kill_all();
    say(how == EXIT_REBOOT ? "rebooting" : "powering off");
    sync();
    unmount_data();
    reboot(how == EXIT_REBOOT ? RB_AUTOBOOT : RB_POWER_OFF);
    for (;;) pause(); /* no power-off in this machine */
}

static void show(const char *path) {
    char block[4096];
    int fd = open(path, O_RDONLY | O_CLOEXEC);
    if (fd < 0) {
        printf("%s: %m\n", path);
        return;
    }
    for (ssize_t n; (n = read(fd, block, sizeof block)) > 0;) fwrite(block, 1, (size_t) n, stdout);
    close(fd);
}

static void list(const char *path) {
    DIR *dir = opendir(path);
    if (!dir) printf("%s: %m\n", path);
    for (struct dirent *e; dir && (e = readdir(dir));)
        printf("%s%s\n", e->d_name, e->d_type == DT_DIR ? "/" : "");
    if (dir) closedir(dir);
}

static void prompt(void) {
    char line[512];
    static const char *const help = "log (init's), messages (CloudOS's), ls DIR, cat FILE, mounts, retry, reboot, poweroff";
    puts(help);
    while (fputs("rescue> ", stdout), fflush(stdout), fgets(line, sizeof line, stdin)) {
        char *argument = line, *command = strsep(&argument, " \n");
        if (argument) argument[strcspn(argument, "\n")] = 0;
        if (!strcmp(command, "retry")) _exit(EXIT_RETRY);
        else if (!strcmp(command, "reboot")) _exit(EXIT_REBOOT);
        else if (!strcmp(command, "poweroff")) _exit(EXIT_POWER_OFF);
        else if (!strcmp(command, "log")) show(RUN_DIR "/init.log");
        else if (!strcmp(command, "messages")) show(DATA_DIR "/log/cloudos.log");
        else if (!strcmp(command, "mounts")) show("/proc/mounts");
        else if (!strcmp(command, "cat")) show(argument && *argument ? argument : "");
        else if (!strcmp(command, "ls")) list(argument && *argument ? argument : "/");
        else if (*command) puts(help);
    }
    _exit(EXIT_POWER_OFF); /* the console is gone */
}

int rescue(const char *why) {
    say("can't go on: %s", why);
    status("{\"event\":\"rescue\",\"reason\":\"%s\"}\n", why);
    if (driven()) {
        status("{\"event\":\"exit\",\"code\":%d,\"reason\":\"%s\"}\n", EXIT_COULD_NOT_START, why);
        return EXIT_POWER_OFF;
    }
    int code = 0;
    pid_t pid = fork(); /* process 1 goes on reaping */
    if (pid == 0) {
        sigset_t none;
        sigemptyset(&none);
        sigprocmask(SIG_SETMASK, &none, NULL);
        console_open();
        prompt();
    }
    for (pid_t ended; (ended = waitpid(-1, &code, 0)) != pid;)
        if (ended < 0) return EXIT_POWER_OFF;
    return WIFEXITED(code) ? WEXITSTATUS(code) : EXIT_POWER_OFF;
}

void give_up(const char *format, ...) {
    char why[256];
    va_list args;
    va_start(args, format);
    vsnprintf(why, sizeof why, format, args);
    va_end(args);
    int choice = rescue(why);
    end(choice == EXIT_RETRY ? EXIT_REBOOT : choice); /* too early to try again in place */
}
