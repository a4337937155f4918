/* CloudOS init: process 1, from the kernel's hand-over to one JVM and back to power-off.
 *
 *   modules (root) -> options -> memory -> root + data -> switch root -> late child (modules, network, power button)
 *                                                                     -> JVM, watched and restarted -> power-off
 * What can't go on ends in the rescue prompt, or, when the host drives the machine with commands (fw_cfg file exec),
 * in power-off with the reason on the status channel. */
#pragma once
#define _GNU_SOURCE
#include <dirent.h>
#include <errno.h>
#include <fcntl.h>
#include <signal.h>
#include <stdbool.h>
#include <stdio.h>
#include <string.h>
#include <sys/ioctl.h>
#include <sys/mount.h>
#include <sys/reboot.h>
#include <sys/stat.h>
#include <sys/wait.h>
#include <time.h>
#include <unistd.h>

/* The launcher's exit codes; RETRY is the rescue prompt's own. */
enum { EXIT_POWER_OFF = 0, EXIT_COULD_NOT_START = 3, EXIT_REBOOT = 64, EXIT_RETRY = 65 };

#define RUN_DIR     "/run/cloudos"
#define EXEC_FILE   RUN_DIR "/exec"
#define STATUS_LINK RUN_DIR "/status"
#define HOME_DIR    "/cloudos"
#define DATA_DIR    "/var/cloudos"

void mask_signals(int how); /* process 1 blocks them all and asks for those that it waits for; its children don't */
/* log.c: %m is the last error */
void log_to_data(void); /* from now on also where it survives */
void say(const char *format, ...) __attribute__((format(printf, 1, 2)));
double uptime(void);
const char *status_port(void);
void status(const char *event, int code, const char *reason);
/* modules.c: phases are "root", "disks" (when no root was found so far), "late" */
int load_modules(const char *phase); /* returns how many */
void drop_modules(void);             /* gives the memory of their files back */
/* options.c: words of the kernel command line, overridden by QEMU's fw_cfg file opt/org.cloudos/options */
ssize_t read_file(const char *path, char *buffer, size_t size); /* ends it with 0, without the last newline; -1 = can't */
bool write_file(const char *path, const char *text);
bool copy_text(const char *from, const char *to);
void read_options(void);
const char *option(const char *name, char *value, size_t size); /* NULL when absent; the last one wins */
bool driven(void);                                              /* the host drives us: there are commands to execute */
/* disk.c, net.c */
bool mount_root(const char *target);
void mount_data(const char *target);
void unmount_data(void);
void switch_root(const char *target);
void configure_network(void);
/* packages.c */
void set_up_packages(void); /* when the image has Debian's packages: a writable /etc, their files below /var and /run */
/* jvm.c */
void console_open(void); /* gives this process a session with the console as its terminal, in a sane mode */
int run_jvm(void);       /* returns EXIT_POWER_OFF or EXIT_REBOOT */
/* power.c */
void watch_power_button(void);
void end(int how) __attribute__((noreturn)); /* EXIT_REBOOT, else power off */
int rescue(const char *why);                 /* returns EXIT_POWER_OFF, EXIT_REBOOT or EXIT_RETRY */
void give_up(const char *why) __attribute__((noreturn));
