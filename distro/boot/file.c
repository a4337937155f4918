/* Small whole-file operations. */
#include "init.h"
#include <fcntl.h>
#include <sys/stat.h>
#include <string.h>
#include <unistd.h>

ssize_t read_file(const char *path, char *buffer, size_t size) {
    int fd = open(path, O_RDONLY | O_CLOEXEC);
    if (fd < 0) return -1;
    size_t length = 0;
    ssize_t n;
    while (length < size - 1 && (n = read(fd, buffer + length, size - 1 - length)) > 0) length += (size_t) n;
    close(fd);
    if (length && buffer[length - 1] == '\n') length--;
    buffer[length] = 0;
    return (ssize_t) length;
}

bool copy_file(const char *from, const char *to) {
    int in = open(from, O_RDONLY | O_CLOEXEC);
    if (in < 0) return false;
    int out = open(to, O_WRONLY | O_CREAT | O_TRUNC | O_CLOEXEC, 0600);
    char block[4096];
    ssize_t n = -1;
    while (out >= 0 && (n = read(in, block, sizeof block)) > 0)
        if (write(out, block, (size_t) n) != n) { n = -1; break; }
    close(in);
    if (out >= 0) close(out);
    return n == 0;
}

bool write_file(const char *path, const char *text) {
    int fd = open(path, O_WRONLY | O_CREAT | O_TRUNC | O_CLOEXEC, 0644);
    if (fd < 0) return false;
    ssize_t n = write(fd, text, strlen(text));
    close(fd);
    return n == (ssize_t) strlen(text);
}

void make_dir(const char *path) {
    char part[256];
    for (size_t i = 1; i < sizeof part && path[i - 1]; i++)
        if (path[i] == '/' || !path[i]) {
            memcpy(part, path, i);
            part[i] = 0;
            mkdir(part, 0755);
        }
}
