/* Kernel modules. The image builder writes /modules, one line a device or file system that we know to drive:
 *     PHASE PATTERN FILE...      PATTERN = a modalias glob, or "-" for always; files in the order of their dependencies
 * A device says what it is in its sysfs file `modalias`. A driver may bring new devices (ahci brings disks), so the
 * search repeats until it finds nothing new. */
#include "init.h"
#include <fnmatch.h>
#include <sys/syscall.h>

enum { MAX_LINES = 256, MAX_DEVICES = 256 };

static struct { char *phase, *pattern, *files; } lines[MAX_LINES];
static int line_count = -1;
static char devices[MAX_DEVICES][160];
static int device_count;
static int module_dir; /* held open: the initramfs is out of reach after the switch of the root */

static void parse(void) {
    static char text[32768];
    char *next = text;
    line_count = 0;
    module_dir = open("/lib/modules", O_RDONLY | O_DIRECTORY | O_CLOEXEC);
    if (read_file("/modules", text, sizeof text) < 0) return;
    for (char *line; line_count < MAX_LINES && (line = strsep(&next, "\n"));) {
        char *phase = strsep(&line, " "), *pattern = strsep(&line, " ");
        if (line) lines[line_count].phase = phase, lines[line_count].pattern = pattern, lines[line_count++].files = line;
    }
}

static void find_devices(void) {
    static const char *const buses[] = {"pci", "virtio", "acpi", "scsi", "platform"};
    device_count = 0;
    for (size_t b = 0; b < sizeof buses / sizeof *buses; b++) {
        char path[320];
        snprintf(path, sizeof path, "/sys/bus/%s/devices", buses[b]);
        DIR *dir = opendir(path);
        for (struct dirent *e; dir && device_count < MAX_DEVICES && (e = readdir(dir));) {
            snprintf(path, sizeof path, "/sys/bus/%s/devices/%.200s/modalias", buses[b], e->d_name);
            if (read_file(path, devices[device_count], sizeof *devices) > 0) device_count++;
        }
        if (dir) closedir(dir);
    }
}

static bool wanted(const char *pattern) {
    if (!strcmp(pattern, "-")) return true;
    for (int i = 0; i < device_count; i++)
        if (!fnmatch(pattern, devices[i], 0)) return true;
    return false;
}

static bool load(const char *file) {
    int fd = openat(module_dir, file, O_RDONLY | O_CLOEXEC);
    bool loaded = fd >= 0 && syscall(SYS_finit_module, fd, "", 0) == 0;
    if (!loaded && errno != EEXIST) say("module %s: %m", file);
    if (fd >= 0) close(fd);
    return loaded;
}

int load_modules(const char *phase) {
    int loaded = 0, before;
    if (line_count < 0) parse();
    do {
        before = loaded;
        find_devices();
        for (int i = 0; i < line_count; i++) {
            if (!lines[i].files || strcmp(lines[i].phase, phase) || !wanted(lines[i].pattern)) continue;
            char *files = lines[i].files;
            lines[i].files = NULL; /* once */
            for (char *file; (file = strsep(&files, " "));) loaded += load(file);
        }
    } while (loaded > before);
    return loaded;
}

void drop_modules(void) {
    DIR *dir = fdopendir(module_dir);
    for (struct dirent *e; dir && (e = readdir(dir));) unlinkat(module_dir, e->d_name, 0);
}
