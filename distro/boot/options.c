/* Options: words NAME or NAME=VALUE, from the kernel command line, then from the host. */
#include "init.h"
#include <stdio.h>
#include <string.h>
#include <unistd.h>

#define FW_CFG "/sys/firmware/qemu_fw_cfg/by_name/opt/org.cloudos/"

static char words[8192];

static void add_words(const char *path) {
    size_t used = strlen(words);
    if (used + 2 > sizeof words) return;
    words[used++] = ' ';
    if (read_file(path, words + used, sizeof words - used) < 0) words[used] = 0;
}

void read_options(void) {
    add_words("/proc/cmdline");
    add_words(FW_CFG "options/raw");
    for (char *c = words; *c; c++)
        if (*c == '\n' || *c == '\t') *c = ' ';
    copy_file(FW_CFG "authorized_keys/raw", RUN_DIR "/authorized_keys");
    copy_file(FW_CFG "exec/raw", EXEC_FILE);
}

const char *option(const char *name, char *value, size_t size) {
    size_t length = strlen(name);
    const char *found = NULL;
    for (const char *word = words; *word; word += strcspn(word, " ")) {
        word += strspn(word, " ");
        if (!strncmp(word, name, length) && strchr(" =", word[length])) found = word + length;
    }
    if (!found) return NULL;
    if (*found == '=') found++;
    snprintf(value, size, "%.*s", (int) strcspn(found, " "), found);
    return value;
}

bool driven(void) {
    return access(EXEC_FILE, R_OK) == 0;
}
