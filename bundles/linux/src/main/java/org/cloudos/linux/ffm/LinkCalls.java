package org.cloudos.linux.ffm;

import static java.lang.foreign.ValueLayout.ADDRESS;
import static java.lang.foreign.ValueLayout.JAVA_BYTE;
import static java.lang.foreign.ValueLayout.JAVA_INT;
import static java.lang.foreign.ValueLayout.JAVA_SHORT;

import java.lang.foreign.Arena;
import java.lang.foreign.MemorySegment;
import java.lang.invoke.MethodHandle;
import java.nio.charset.StandardCharsets;
import org.cloudos.linux.LinuxException;
import org.cloudos.linux.device.DeviceFile;
import org.cloudos.linux.net.NetLinks;
import org.osgi.service.component.annotations.Component;

/** {@code /dev/net/tun} and packet sockets: linux/if_tun.h, packet(7), netdevice(7). */
@Component
public final class LinkCalls implements NetLinks {
    private static final MethodHandle SOCKET = Libc.link("socket", JAVA_INT, JAVA_INT, JAVA_INT, JAVA_INT);
    private static final MethodHandle BIND = Libc.link("bind", JAVA_INT, JAVA_INT, ADDRESS, JAVA_INT);
    private static final MethodHandle SETSOCKOPT = Libc.link("setsockopt", JAVA_INT, JAVA_INT, JAVA_INT, JAVA_INT, ADDRESS, JAVA_INT);
    private static final long TUNSETIFF = 0x400454caL, SIOCGIFINDEX = 0x8933, SIOCGIFFLAGS = 0x8913, SIOCSIFFLAGS = 0x8914;
    private static final int IFF_TAP = 2, IFF_NO_PI = 0x1000, IFF_UP = 1;
    // ETH_P_ALL, in the network's order
    private static final int AF_INET = 2, AF_PACKET = 17, SOCK_DGRAM = 2, SOCK_RAW = 3, SOCK_CLOEXEC = 0x80000, ALL_FRAMES = 0x0300;
    private static final int SOL_PACKET = 263, ADD_MEMBERSHIP = 1, IGNORE_OUTGOING = 23, PROMISCUOUS = 1;
    // struct ifreq: 0 name(16) · 16 flags(2) or index(4), of 40 bytes; struct sockaddr_ll: 0 family(2) · 2 protocol(2) · 4 index(4), of 20 bytes
    private static final int REQUEST = 40, VALUE = 16, LONGEST = 15, ADDRESS_BYTES = 20, MEMBERSHIP = 16;

    private static MemorySegment request(Arena arena, String name) {
        byte[] bytes = name.getBytes(StandardCharsets.ISO_8859_1);
        if (bytes.length == 0 || bytes.length > LONGEST || !name.matches("[!-~&&[^/:]]+") || name.equals(".") || name.equals("..")) {
            throw new IllegalArgumentException("interface: expected 1 to 15 letters without blanks, / and :, found " + name);
        }
        MemorySegment request = arena.allocate(REQUEST, 8);
        MemorySegment.copy(bytes, 0, request, JAVA_BYTE, 0, bytes.length);
        return request;
    }

    @Override public DeviceFile tap(String name) throws LinuxException {
        try (Arena arena = Arena.ofConfined()) {
            MemorySegment request = request(arena, name);
            request.set(JAVA_SHORT, VALUE, (short) (IFF_TAP | IFF_NO_PI));
            DeviceFile file = OpenDevice.open("/dev/net/tun");
            try {
                file.control(TUNSETIFF, request);
                return file;
            } catch (LinuxException e) {
                file.close();
                throw new LinuxException("interface " + name + " for frames of ours: " + e.getMessage(), e.errno(), "not made");
            }
        }
    }

    private static OpenDevice socket(String name, int family, int type, int protocol) throws LinuxException {
        return new OpenDevice((int) OpenDevice.must("socket for " + name, s -> (int) SOCKET.invokeExact(s, family, type | SOCK_CLOEXEC, protocol)),
                "interface " + name);
    }

    @Override public DeviceFile packets(String name, boolean all) throws LinuxException {
        try (Arena arena = Arena.ofConfined()) {
            MemorySegment request = request(arena, name);
            OpenDevice file = socket(name, AF_PACKET, SOCK_RAW, 0); // no protocol: no frame before it is bound
            int fd = file.descriptor();
            try {
                file.control(SIOCGIFINDEX, request);
                int index = request.get(JAVA_INT, VALUE);
                MemorySegment one = arena.allocateFrom(JAVA_INT, 1);
                OpenDevice.must("own frames of " + name, s -> (int) SETSOCKOPT.invokeExact(s, fd, SOL_PACKET, IGNORE_OUTGOING, one, 4));
                if (all) {
                    MemorySegment membership = arena.allocate(MEMBERSHIP, 4); // 0 index(4) · 4 type(2)
                    membership.set(JAVA_INT, 0, index);
                    membership.set(JAVA_SHORT, 4, (short) PROMISCUOUS);
                    OpenDevice.must("all frames of " + name, s -> (int) SETSOCKOPT.invokeExact(s, fd, SOL_PACKET, ADD_MEMBERSHIP, membership, MEMBERSHIP));
                }
                MemorySegment address = arena.allocate(ADDRESS_BYTES, 4);
                address.set(JAVA_SHORT, 0, (short) AF_PACKET);
                address.set(JAVA_SHORT, 2, (short) ALL_FRAMES);
                address.set(JAVA_INT, 4, index);
                OpenDevice.must("bind to " + name, s -> (int) BIND.invokeExact(s, fd, address, ADDRESS_BYTES));
                return file;
            } catch (LinuxException e) {
                file.close();
                throw e;
            }
        }
    }

    @Override public void up(String name, boolean on) throws LinuxException {
        try (Arena arena = Arena.ofConfined(); DeviceFile file = socket(name, AF_INET, SOCK_DGRAM, 0)) {
            MemorySegment request = request(arena, name);
            file.control(SIOCGIFFLAGS, request);
            int flags = request.get(JAVA_SHORT, VALUE);
            request.set(JAVA_SHORT, VALUE, (short) (on ? flags | IFF_UP : flags & ~IFF_UP));
            file.control(SIOCSIFFLAGS, request);
        }
    }
}
