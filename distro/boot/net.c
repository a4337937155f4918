/* The network that the guest starts with: ip=ADDRESS::GATEWAY:NETMASK::DEVICE (the kernel's own format, its fields
 * server, host name and autoconf ignored) and dns=ADDRESS. Without ip= only the loopback is up. */
#include "init.h"
#include <arpa/inet.h>
#include <net/if.h>
#include <net/route.h>

enum { DEVICE_WAIT_MS = 5000, STEP_MS = 20 };

static bool parse(const char *text, struct sockaddr *to) {
    to->sa_family = AF_INET;
    bool ok = inet_pton(AF_INET, text, &((struct sockaddr_in *) to)->sin_addr) == 1;
    if (!ok) say("network: '%s' is not an IPv4 address", text);
    return ok;
}

static bool set(int socket, const char *device, unsigned long request, const char *address) {
    struct ifreq r = {0};
    strcpy(r.ifr_name, device); /* callers keep to IFNAMSIZ */
    bool ok = parse(address, &r.ifr_addr) && ioctl(socket, request, &r) == 0;
    if (!ok) say("network: %s %s: %m", device, address);
    return ok;
}

static void up(int socket, const char *device) {
    struct ifreq r = {.ifr_flags = IFF_UP | IFF_RUNNING};
    strcpy(r.ifr_name, device);
    if (ioctl(socket, SIOCSIFFLAGS, &r)) say("network: %s: %m", device);
}

static void route(int socket, const char *gateway) {
    struct rtentry r = {.rt_flags = RTF_UP | RTF_GATEWAY, .rt_dst.sa_family = AF_INET, .rt_genmask.sa_family = AF_INET};
    if (parse(gateway, &r.rt_gateway) && ioctl(socket, SIOCADDRT, &r)) say("network: route through %s: %m", gateway);
}

/* The least name, since the order of a folder is anybody's: eth0 is the first on the bus. */
static void first_device(char *name) {
    DIR *dir = opendir("/sys/class/net");
    bool given = *name;
    for (struct dirent *e; dir && !given && (e = readdir(dir));)
        if (e->d_name[0] != '.' && strcmp(e->d_name, "lo") && (!*name || strcmp(e->d_name, name) < 0))
            snprintf(name, IFNAMSIZ, "%.15s", e->d_name);
    if (dir) closedir(dir);
}

void configure_network(void) {
    enum { ADDRESS, GATEWAY = 2, NETMASK, DEVICE = 5, FIELDS };
    char value[256], dns[64], line[96], device[IFNAMSIZ], *field[] = {"", "", "", "", "", ""}, *next = value;
    int s = socket(AF_INET, SOCK_DGRAM | SOCK_CLOEXEC, 0);
    up(s, "lo");
    if (option("dns", dns, sizeof dns)) {
        snprintf(line, sizeof line, "nameserver %s\n", dns);
        write_file("/run/resolv.conf", line);
    }
    if (!option("ip", value, sizeof value)) return;
    for (int i = 0; i < FIELDS && next; i++) field[i] = strsep(&next, ":");
    snprintf(device, sizeof device, "%.15s", field[DEVICE]);
    for (int waited = 0; first_device(device), !*device && waited < DEVICE_WAIT_MS; waited += STEP_MS) usleep(STEP_MS * 1000);
    if (!*device) {
        say("network: ip= is given, but there is no network device");
    } else if (set(s, device, SIOCSIFADDR, field[ADDRESS]) && set(s, device, SIOCSIFNETMASK, field[NETMASK])) {
        up(s, device);
        if (*field[GATEWAY]) route(s, field[GATEWAY]);
        say("network %s %s", device, field[ADDRESS]);
    }
    close(s);
}
