/* Options: words NAME or NAME=VALUE, from the kernel command line, then from the host; and small whole files. */
#include "init.h"

#define FW_CFG "/sys/firmware/qemu_fw_cfg/by_name/opt/org.cloudos/"

ssize_t read_file(const char *path, char *buffer, size_t size) {
    int fd = open(path, O_RDONLY | O_CLOEXEC);
    if (fd < 0) return -1;
    size_t length = 0;
    for (ssize_t n; length < size - 1 && (n = read(fd, buffer + length, size - 1 - length)) > 0;) length += (size_t) n;
    close(fd);
    if (length && buffer[length - 1] == '\n') length--;
    buffer[length] = 0;
    return (ssize_t) length;
}

bool write_file(const char *path, const char *text) {
    int fd = open(path, O_WRONLY | O_CREAT | O_TRUNC | O_CLOEXEC, 0644);
    ssize_t n = write(fd, text, strlen(text));
    close(fd);
    return n == (ssize_t) strlen(text);
}

bool copy_text(const char *from, const char *to) {
    static char text[65536];
    return read_file(from, text, sizeof text) >= 0 && write_file(to, text);
}

static char words[8192];

static void add_words(const char *path) {
    size_t used = strlen(strcat(words, " "));
    if (used + 2 < sizeof words) read_file(path, words + used, sizeof words - used - 1);
}

void read_options(void) {
    add_words("/proc/cmdline");
    add_words(FW_CFG "options/raw");
    for (char *c = words; *c; c++)
        if (*c == '\n' || *c == '\t') *c = ' ';
    copy_text(FW_CFG "authorized_keys/raw", RUN_DIR "/authorized_keys");
    copy_text(FW_CFG "exec/raw", EXEC_FILE);
}

const char *option(const char *name, char *value, size_t size) {
    const char *found = NULL;
    for (const char *word = words; *(word += strspn(word, " ")); word += strcspn(word, " "))
        if (!strncmp(word, name, strlen(name)) && strchr(" =", word[strlen(name)])) found = word + strlen(name);
    if (!found) return NULL;
    if (*found == '=') found++;
    snprintf(value, size, "%.*s", (int) strcspn(found, " "), found);
    return value;
}

bool driven(void) {
    return access(EXEC_FILE, R_OK) == 0;
}
