/* Ending: orderly power-off, the power button, and the rescue prompt for what can't go on. */
#include "init.h"
#include <linux/input.h>
#include <poll.h>

enum { MAX_INPUTS = 8, GRACE_MS = 2000, STEP_MS = 20 };

/* In a child, for ever: a press of the ACPI power button ends as SIGTERM at process 1. */
void watch_power_button(void) {
    struct pollfd inputs[MAX_INPUTS];
    char path[64];
    for (int i = 0; i < MAX_INPUTS; i++) {
        snprintf(path, sizeof path, "/dev/input/event%d", i);
        inputs[i] = (struct pollfd) {.fd = open(path, O_RDONLY | O_CLOEXEC), .events = POLLIN}; /* poll skips fd -1 */
    }
    for (struct input_event e; poll(inputs, MAX_INPUTS, -1) > 0;)
        for (int i = 0; i < MAX_INPUTS; i++) {
            if (!inputs[i].revents) continue;
            if (read(inputs[i].fd, &e, sizeof e) != sizeof e) inputs[i].fd = -1;
            else if (e.type == EV_KEY && e.code == KEY_POWER && e.value == 1) kill(1, SIGTERM);
        }
}

static void kill_all(void) {
    kill(-1, SIGTERM);
    for (int waited = errno = 0; waited < GRACE_MS; waited += STEP_MS) {
        while (waitpid(-1, NULL, WNOHANG) > 0) continue;
        if (errno == ECHILD) return; /* none left */
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
    if (fd < 0) printf("%s: %m\n", path);
    for (ssize_t n; (n = read(fd, block, sizeof block)) > 0;) fwrite(block, 1, (size_t) n, stdout);
    close(fd);
}

static void list(const char *path) {
    DIR *dir = opendir(path);
    if (!dir) printf("%s: %m\n", path);
    for (struct dirent *e; dir && (e = readdir(dir));) printf("%s%s\n", e->d_name, e->d_type == DT_DIR ? "/" : "");
    if (dir) closedir(dir);
}

static int prompt(void) {
    const char *help = "log, ls DIR, cat FILE, retry, reboot, poweroff (CloudOS's log: " DATA_DIR "/log/cloudos.log)";
    char line[512];
    puts(help);
    while (fputs("rescue> ", stdout), fflush(stdout), fgets(line, sizeof line, stdin)) {
        char *argument = line, *command = strsep(&argument, " \n");
        argument = argument ? strsep(&argument, "\n") : "";
        if (!strcmp(command, "retry")) return EXIT_RETRY;
        else if (!strcmp(command, "reboot")) return EXIT_REBOOT;
        else if (!strcmp(command, "poweroff")) return EXIT_POWER_OFF;
        else if (!strcmp(command, "log")) show(RUN_DIR "/init.log");
        else if (!strcmp(command, "cat")) show(argument);
        else if (!strcmp(command, "ls")) list(*argument ? argument : "/");
        else if (*command) puts(help);
    }
    return EXIT_POWER_OFF; /* the console is gone */
}

int rescue(const char *why) {
    say("can't go on: %s", why);
    status(driven() ? "exit" : "rescue", EXIT_COULD_NOT_START, why);
    if (driven()) return EXIT_POWER_OFF;
    int code = 0;
    pid_t pid = fork(); /* process 1 goes on reaping */
    if (pid == 0) {
        mask_signals(SIG_UNBLOCK);
        console_open();
        _exit(prompt());
    }
    while (waitpid(-1, &code, 0) != pid) continue;
    return WIFEXITED(code) ? WEXITSTATUS(code) : EXIT_POWER_OFF;
}

void give_up(const char *why) {
    int choice = rescue(why);
    end(choice == EXIT_RETRY ? EXIT_REBOOT : choice); /* too early to try again in place */
}
