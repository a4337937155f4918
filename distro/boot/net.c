/* The network that the guest starts with: ip=ADDRESS::GATEWAY:NETMASK::DEVICE (the kernel's own format, its fields
 * server, host name and autoconf ignored) and dns=ADDRESS. Without ip= only the loopback is up. */
#include "init.h"
#include <arpa/inet.h>
#include <dirent.h>
#include <errno.h>
#include <net/if.h>
#include <net/route.h>
#include <stdio.h>
#include <string.h>
#include <sys/ioctl.h>
#include <unistd.h>

enum { DEVICE_WAIT_MS = 5000, STEP_MS = 20 };

static bool set(int socket, const char *device, unsigned long request, const char *address) {
    struct ifreq r = {0};
    struct sockaddr_in a = {.sin_family = AF_INET};
    if (inet_pton(AF_INET, address, &a.sin_addr) != 1) {
        say("network: '%s' is not an IPv4 address", address);
        return false;
    }
    snprintf(r.ifr_name, sizeof r.ifr_name, "%s", device);
    memcpy(&r.ifr_addr, &a, sizeof a);
    if (ioctl(socket, request, &r) == 0) return true;
    say("network: %s %s: %s", device, address, strerror(errno));
    return false;
}

static bool up(int socket, const char *device) {
    struct ifreq r = {0};
    snprintf(r.ifr_name, sizeof r.ifr_name, "%s", device);
    if (ioctl(socket, SIOCGIFFLAGS, &r)) return false;
    r.ifr_flags |= IFF_UP | IFF_RUNNING;
    return ioctl(socket, SIOCSIFFLAGS, &r) == 0;
}

static void route(int socket, const char *gateway) {
    struct rtentry r = {.rt_flags = RTF_UP | RTF_GATEWAY};
    struct sockaddr_in any = {.sin_family = AF_INET}, via = any;
    if (!*gateway) return;
    inet_pton(AF_INET, gateway, &via.sin_addr);
    memcpy(&r.rt_dst, &any, sizeof any);
    memcpy(&r.rt_genmask, &any, sizeof any);
    memcpy(&r.rt_gateway, &via, sizeof via);
    if (ioctl(socket, SIOCADDRT, &r)) say("network: route through %s: %s", gateway, strerror(errno));
}

static bool first_device(char *name, size_t size) {
    DIR *dir = opendir("/sys/class/net");
    struct dirent *e;
    bool found = false;
    while (dir && !found && (e = readdir(dir)))
        if (e->d_name[0] != '.' && strcmp(e->d_name, "lo")) found = snprintf(name, size, "%.15s", e->d_name) > 0;
    if (dir) closedir(dir);
    return found;
}

void configure_network(void) {
    enum { ADDRESS, SERVER, GATEWAY, NETMASK, HOST, DEVICE, FIELDS };
    char value[256], dns[64], line[96], *field[FIELDS] = {"", "", "", "", "", ""}, *next = value;
    int s = socket(AF_INET, SOCK_DGRAM | SOCK_CLOEXEC, 0);
    up(s, "lo");
    if (option("dns", dns, sizeof dns)) {
        snprintf(line, sizeof line, "nameserver %s\n", dns);
        write_file("/run/resolv.conf", line);
    }
    if (!option("ip", value, sizeof value)) return;
    for (int i = 0; i < FIELDS && next; i++) field[i] = strsep(&next, ":");
    char device[IF_NAMESIZE];
    snprintf(device, sizeof device, "%.15s", field[DEVICE]);
    for (int waited = 0; !*device && waited < DEVICE_WAIT_MS && !first_device(device, sizeof device); waited += STEP_MS)
        usleep(STEP_MS * 1000);
    if (!*device) {
        say("network: ip= is given, but there is no network device");
    } else if (set(s, device, SIOCSIFADDR, field[ADDRESS]) && set(s, device, SIOCSIFNETMASK, field[NETMASK])) {
        up(s, device);
        route(s, field[GATEWAY]);
        say("network %s %s", device, field[ADDRESS]);
    }
    close(s);
}
