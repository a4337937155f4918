package org.cloudos.units.osgi;

import java.io.IOException;
import java.net.InetAddress;
import java.net.UnknownHostException;
import java.nio.charset.StandardCharsets;
import java.nio.file.DirectoryStream;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Set;
import org.cloudos.units.Endpoint;
import org.cloudos.units.UnitStatus.Active;
import org.cloudos.units.engine.Reports;

/** What units' processes listen on: the kernel's tables of sockets (proc(5), /proc/PID/net) beside the processes' open files. */
final class Listeners {
    private static final Map<String, String> TABLES = Map.of("tcp", "0A", "tcp6", "0A", "udp", "07", "udp6", "07"); // state: listening; for UDP: not connected
    private static final String SOCKET = "socket:[";
    private static final int MOST_FILES = 4096;

    private Listeners() { }

    /** @param where ADDRESS and PORT. */
    private record Bound(String protocol, String address, int port) { }

    static List<Endpoint> find(List<Reports.Held> held) {
        List<Endpoint> found = new ArrayList<>();
        Map<String, Map<Long, Bound>> tables = new HashMap<>(); // by network namespace
        for (Reports.Held unit : held) {
            Set<Bound> seen = new HashSet<>();
            for (long pid : unit.pids()) {
                Map<Long, Bound> table = tables.computeIfAbsent(namespace(pid), n -> table(pid));
                for (long inode : sockets(pid)) {
                    Bound bound = table.get(inode);
                    if (bound != null && seen.add(bound)) {
                        found.add(new Endpoint(unit.unit(), bound.protocol(), bound.address(), bound.port(), pid, health(unit.active())));
                    }
                }
            }
        }
        return found;
    }

    private static String health(Active active) {
        return active == Active.ACTIVE ? "OK" : active == Active.FAILED ? "CRITICAL" : "WARN";
    }

    private static String namespace(long pid) {
        try {
            return Files.readSymbolicLink(Path.of("/proc", Long.toString(pid), "ns", "net")).toString();
        } catch (IOException e) {
            return "?";
        }
    }

    private static List<Long> sockets(long pid) {
        List<Long> inodes = new ArrayList<>();
        try (DirectoryStream<Path> files = Files.newDirectoryStream(Path.of("/proc", Long.toString(pid), "fd"))) {
            int n = 0;
            for (Path file : files) {
                if (n++ > MOST_FILES) {
                    break;
                }
                try {
                    String target = Files.readSymbolicLink(file).toString();
                    if (target.startsWith(SOCKET)) {
                        inodes.add(Long.parseLong(target.substring(SOCKET.length(), target.length() - 1)));
                    }
                } catch (IOException e) {
                    // closed meanwhile
                }
            }
        } catch (IOException e) {
            // ended meanwhile, or not ours to look at
        }
        return inodes;
    }

    private static Map<Long, Bound> table(long pid) {
        Map<Long, Bound> all = new HashMap<>();
        TABLES.forEach((protocol, state) -> {
            for (String line : lines(pid, protocol)) {
                String[] f = line.strip().split("\\s+");
                if (f.length > 9 && f[3].equals(state) && f[2].endsWith(":0000")) {
                    int colon = f[1].indexOf(':');
                    all.put(Long.parseLong(f[9]), new Bound(protocol, address(f[1].substring(0, colon)), Integer.parseInt(f[1].substring(colon + 1), 16)));
                }
            }
        });
        for (String line : lines(pid, "unix")) {
            String[] f = line.strip().split("\\s+");
            boolean accepts = f.length > 7 && (f[3].equals("00010000") || f[4].equals("0002")); // SO_ACCEPTCON, or datagrams
            if (accepts) {
                all.put(Long.parseLong(f[6]), new Bound("unix", f[7], 0));
            }
        }
        return all;
    }

    private static List<String> lines(long pid, String table) {
        try {
            List<String> lines = Files.readAllLines(Path.of("/proc", Long.toString(pid), "net", table), StandardCharsets.ISO_8859_1);
            return lines.isEmpty() ? lines : lines.subList(1, lines.size());
        } catch (IOException e) {
            return List.of();
        }
    }

    /** Words of 32 bits, each in the processor's order. */
    static String address(String hex) {
        byte[] bytes = new byte[hex.length() / 2];
        for (int i = 0; i < bytes.length; i++) {
            bytes[i / 4 * 4 + 3 - i % 4] = (byte) Integer.parseInt(hex.substring(2 * i, 2 * i + 2), 16);
        }
        try {
            return InetAddress.getByAddress(bytes).getHostAddress().replaceFirst("^0:0:0:0:0:0:0:(?=[01]$)", "::");
        } catch (UnknownHostException e) {
            return hex;
        }
    }
}
