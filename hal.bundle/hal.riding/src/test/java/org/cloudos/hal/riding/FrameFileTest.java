package org.cloudos.hal.riding;

import static org.junit.jupiter.api.Assertions.assertArrayEquals;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertNotNull;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;
import static org.junit.jupiter.api.Assumptions.assumeTrue;

import java.lang.foreign.Arena;
import java.lang.foreign.MemorySegment;
import java.lang.foreign.ValueLayout;
import java.nio.ByteBuffer;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.concurrent.Callable;
import java.util.concurrent.TimeUnit;
import java.util.function.Predicate;
import java.util.stream.Stream;
import org.cloudos.hal.DeviceException;
import org.cloudos.hal.net.NetQueue;
import org.cloudos.linux.ffm.LinkCalls;
import org.cloudos.linux.net.NetLinks;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;

/** Linux's own stack at the other end: it answers what is asked by ARP and ICMP. Only root may make interfaces. */
class FrameFileTest {
    private static final int HEADER = 14, ETHER_ARP = 0x0806, ETHER_IP = 0x0800, IP = 20, ICMP = 8;
    private static final long LIMIT_NS = TimeUnit.MINUTES.toNanos(2);
    private static final byte[] OURS = {10, (byte) 231, 7, 2}, LINUX = {10, (byte) 231, 7, 1};
    private static final long ADDRESS = 0x02c1_0d12_3456L;
    private final NetLinks links = new LinkCalls();

    @BeforeEach
    void mayMakeInterfaces() throws Exception {
        assumeTrue("root".equals(System.getProperty("user.name")) && Files.exists(Path.of("/dev/net/tun")), "only root, where the kernel has TAP");
    }

    private static void ip(String... words) throws Exception {
        said(Stream.concat(Stream.of("ip"), Stream.of(words)).toArray(String[]::new));
    }

    private static String said(String... command) throws Exception {
        Process process = new ProcessBuilder(command).redirectErrorStream(true).start();
        String said = new String(process.getInputStream().readAllBytes(), java.nio.charset.StandardCharsets.UTF_8);
        assertEquals(0, process.waitFor(), String.join(" ", command) + ": " + said);
        return said;
    }

    private static void await(Callable<Boolean> holds, String what) throws Exception {
        for (long end = System.nanoTime() + LIMIT_NS; !holds.call(); Thread.sleep(20)) {
            assertTrue(System.nanoTime() < end, what);
        }
    }

    @Test void linuxAnswersOverTap() throws Exception {
        String name = "cltap" + ProcessHandle.current().pid() % 100_000;
        FrameFile device = new FrameFile("t", links.tap(name), name, ADDRESS);
        try {
            ip("addr", "add", "10.231.7.1/24", "dev", name);
            links.up(name, true);
            talk(device);
        } finally {
            device.end();
        }
        await(() -> !Files.exists(Path.of("/sys/class/net", name)), "it goes with the device");
    }

    @Test void anotherNetworkAnswersOverPackets() throws Exception {
        long pid = ProcessHandle.current().pid() % 100_000;
        String near = "clve" + pid, far = "clvf" + pid, space = "clns" + pid;
        ip("netns", "add", space);
        try {
            ip("link", "add", near, "type", "veth", "peer", "name", far, "netns", space);
            ip("-n", space, "addr", "add", "10.231.7.1/24", "dev", far);
            ip("-n", space, "link", "set", far, "up");
            links.up(near, true);
            // The kernel tells each end a little later that the other is there; till then it drops what is sent.
            await(() -> said("ip", "-n", space, "link", "show", far).contains("state UP"), far + " is up");
            FrameFile device = new FrameFile("p", links.packets(near, true), near, ADDRESS);
            try {
                talk(device);
            } finally {
                device.end();
            }
        } finally {
            ip("netns", "del", space);
        }
    }

    /** Asks who has Linux's address, and sends it echoes of many sizes, which come back as they went. */
    private static void talk(FrameFile device) throws Exception {
        NetQueue queue = device.open(0);
        assertThrows(DeviceException.class, () -> device.open(0));
        try {
            byte[] request = new byte[60];
            ByteBuffer arp = ethernet(request, 0xffff_ffff_ffffL, ETHER_ARP);
            arp.putShort((short) 1).putShort((short) ETHER_IP).put((byte) 6).put((byte) 4).putShort((short) 1);
            arp.put(address(ADDRESS)).put(OURS).put(new byte[6]).put(LINUX);
            byte[] reply = exchange(queue, request, f -> type(f) == ETHER_ARP && f[21] == 2);
            byte[] peer = java.util.Arrays.copyOfRange(reply, 22, 28);
            long peerAddress = ByteBuffer.allocate(8).putShort((short) 0).put(peer).getLong(0);
            for (int size : new int[] {0, 1, 17, 18, 19, 100, 512, 1000, 1471, 1472}) {
                byte[] echo = echo(peerAddress, size);
                byte[] back = exchange(queue, echo, f -> type(f) == ETHER_IP && f[HEADER + 9] == 1 && f[HEADER + IP] == 0 && f[HEADER + IP + 7] == (byte) size);
                assertArrayEquals(payload(echo, size), payload(back, size), size + " bytes");
            }
            assertEquals(11, device.counters().sent());
            assertTrue(device.counters().received() >= 11, device.counters().toString());
            assertTrue(device.link().up());
        } finally {
            queue.close();
        }
        NetQueue again = device.open(0);
        device.end();
        assertFalse(again.isOpen());
        again.await(LIMIT_NS); // returns at once
        again.close();
    }

    private static ByteBuffer ethernet(byte[] frame, long to, int type) {
        return ByteBuffer.wrap(frame).put(address(to)).put(address(ADDRESS)).putShort((short) type);
    }

    private static byte[] address(long address) {
        byte[] bytes = new byte[6];
        for (int i = 0; i < 6; i++) {
            bytes[i] = (byte) (address >>> 40 - 8 * i);
        }
        return bytes;
    }

    private static int type(byte[] frame) {
        return ByteBuffer.wrap(frame).getShort(12) & 0xffff;
    }

    private static byte[] payload(byte[] frame, int size) {
        return java.util.Arrays.copyOfRange(frame, HEADER + IP + ICMP, HEADER + IP + ICMP + size);
    }

    private static byte[] echo(long to, int size) {
        byte[] frame = new byte[HEADER + IP + ICMP + size];
        ByteBuffer b = ethernet(frame, to, ETHER_IP);
        b.put((byte) 0x45).put((byte) 0).putShort((short) (IP + ICMP + size)).putInt(0).put((byte) 64).put((byte) 1).putShort((short) 0).put(OURS).put(LINUX);
        b.putShort(HEADER + 10, sum(frame, HEADER, IP));
        b.put((byte) 8).put((byte) 0).putShort((short) 0).putShort((short) 99).putShort((short) (size & 0xff));
        for (int i = 0; i < size; i++) {
            b.put((byte) (i * 31 + size));
        }
        b.putShort(HEADER + IP + 2, sum(frame, HEADER + IP, ICMP + size));
        return frame;
    }

    /** RFC 1071. */
    private static short sum(byte[] bytes, int from, int length) {
        long sum = 0;
        for (int i = 0; i < length; i++) {
            sum += (bytes[from + i] & 0xff) << (i % 2 == 0 ? 8 : 0);
        }
        while (sum >>> 16 != 0) {
            sum = (sum & 0xffff) + (sum >>> 16);
        }
        return (short) ~sum;
    }

    private static byte[] exchange(NetQueue queue, byte[] frame, Predicate<byte[]> wanted) throws Exception {
        try (Arena arena = Arena.ofConfined()) {
            assertTrue(queue.send(arena.allocateFrom(ValueLayout.JAVA_BYTE, frame), NetQueue.NO_CHECKSUM, 0));
        }
        byte[][] found = new byte[1][];
        for (long end = System.nanoTime() + LIMIT_NS; found[0] == null && System.nanoTime() < end;) {
            queue.receive(16, (MemorySegment memory, long offset, int length, boolean checked) -> {
                byte[] bytes = memory.asSlice(offset, length).toArray(ValueLayout.JAVA_BYTE);
                if (found[0] == null && wanted.test(bytes)) {
                    found[0] = bytes;
                }
            });
            if (found[0] == null) {
                queue.await(TimeUnit.SECONDS.toNanos(1));
            }
        }
        assertNotNull(found[0], "no answer");
        return found[0];
    }
}
