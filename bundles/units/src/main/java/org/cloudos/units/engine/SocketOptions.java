package org.cloudos.units.engine;

import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import org.cloudos.units.Finding.Severity;
import org.cloudos.units.file.Entry;
import org.cloudos.units.file.Settings;
import org.cloudos.units.file.Values;
import org.cloudos.units.file.Words;
import org.cloudos.units.process.Accounts;
import org.cloudos.units.process.Launch;

/** What {@code [Socket]} says about the sockets themselves. */
final class SocketOptions {
    private static final String SOCKET = "Socket";
    private static final Map<String, String> KINDS = Map.of("ListenStream", "stream", "ListenDatagram", "dgram", "ListenSequentialPacket",
            "seqpacket", "ListenFIFO", "fifo");
    private static final int SOL_SOCKET = 1;
    private static final int SOL_IP = 0;
    private static final int SOL_TCP = 6;
    private static final int SOL_IPV6 = 41;

    /** @param name level and name of setsockopt(2), as Linux numbers them */
    private record Option(String key, int level, int name, char kind) { }

    private static final List<Option> OPTIONS = List.of(new Option("KeepAlive", SOL_SOCKET, 9, 'b'), new Option("KeepAliveTimeSec", SOL_TCP, 4, 's'),
            new Option("KeepAliveIntervalSec", SOL_TCP, 5, 's'), new Option("KeepAliveProbes", SOL_TCP, 6, 'n'), new Option("DeferAcceptSec", SOL_TCP, 9, 's'),
            new Option("NoDelay", SOL_TCP, 1, 'b'), new Option("Priority", SOL_SOCKET, 12, 'n'), new Option("ReceiveBuffer", SOL_SOCKET, 8, 'z'),
            new Option("SendBuffer", SOL_SOCKET, 7, 'z'), new Option("IPTTL", SOL_IP, 2, 'n'), new Option("Mark", SOL_SOCKET, 36, 'n'),
            new Option("FreeBind", SOL_IP, 15, 'b'), new Option("Transparent", SOL_IP, 19, 'b'), new Option("Broadcast", SOL_SOCKET, 6, 'b'),
            new Option("PassCredentials", SOL_SOCKET, 16, 'b'), new Option("PassSecurity", SOL_SOCKET, 34, 'b'), new Option("ReusePort", SOL_SOCKET, 15, 'b'));

    /** @param kind of socket. @param address as the file has it */
    private record Listen(String kind, String address) { }

    private final World world;
    private final Settings settings;
    private final List<Listen> listens = new ArrayList<>();

    SocketOptions(World world, Settings s) {
        this.world = world;
        this.settings = s;
        KINDS.forEach((key, kind) -> {
            for (Entry entry : s.entries(SOCKET, key)) {
                s.attempt(entry, v -> {
                    Listen listen = new Listen(kind, s.specifiers().apply(v));
                    address(listen, new Launch());
                    return listen;
                }).ifPresent(listens::add);
            }
        });
        for (String key : List.of("ListenNetlink", "ListenSpecial", "ListenMessageQueue", "ListenUSBFunction")) {
            if (s.has(SOCKET, key)) {
                throw new IllegalArgumentException(key + "= is not supported; expected ListenStream=, ListenDatagram=, ListenSequentialPacket= or ListenFIFO=");
            }
        }
        if (listens.isEmpty()) {
            throw new IllegalArgumentException("expected ListenStream= or another address, found none");
        }
        if (!world.privileged() && (s.has(SOCKET, "SocketUser") || s.has(SOCKET, "SocketGroup"))) {
            s.find(Severity.WARNING, "SocketUser", "this system does not run as root: sockets belong to its own user");
        }
    }

    private boolean onlyV6() {
        return settings.word(SOCKET, "BindIPv6Only", "default", List.of("default", "both", "ipv6-only")).equals("ipv6-only");
    }

    /** Adds where to listen. @return whether it is an internet address */
    private static boolean address(Listen listen, Launch launch) {
        String a = listen.address();
        if (listen.kind().equals("fifo")) {
            launch.add("fifo", Values.path(a));
            return false;
        }
        if (a.startsWith("/") || a.startsWith("@")) {
            launch.add("unix", a.startsWith("/") ? Values.path(a) : a);
            return false;
        }
        if (a.startsWith("vsock:")) {
            throw new IllegalArgumentException("vsock addresses are not supported");
        }
        if (a.matches("\\d{1,5}")) {
            launch.add("ipv6", "::").add("port", Values.number(a, 1, 65535));
            return true;
        }
        int colon = a.lastIndexOf(':');
        if (colon <= 0) {
            throw new IllegalArgumentException("expected a path, a port, ADDRESS:PORT or [ADDRESS]:PORT, found " + a);
        }
        String host = a.substring(0, colon);
        launch.add("port", Values.number(a.substring(colon + 1), 1, 65535));
        if (host.startsWith("[") && host.endsWith("]")) {
            String[] parts = host.substring(1, host.length() - 1).split("%", 2);
            launch.add("ipv6", parts[0]);
            if (parts.length > 1) {
                launch.add("scope", parts[1]);
            }
        } else if (host.matches("\\d{1,3}(\\.\\d{1,3}){3}")) {
            launch.add("ipv4", host);
        } else {
            throw new IllegalArgumentException("expected an IP address before the port, found " + host);
        }
        return true;
    }

    List<Launch> launches(Unit unit) {
        return listens.stream().map(l -> launch(l, unit)).toList();
    }

    private Launch launch(Listen listen, Unit unit) {
        Launch launch = new Launch();
        launch.add("kind", listen.kind());
        boolean internet = address(listen, launch);
        if (settings.bool(SOCKET, "Accept", false)) {
            launch.add("accept", 1);
        }
        launch.add("mode", Integer.toOctalString(settings.get(SOCKET, "SocketMode", Values::mode).orElse(0666)));
        launch.add("dirmode", Integer.toOctalString(settings.get(SOCKET, "DirectoryMode", Values::mode).orElse(0755)));
        settings.get(SOCKET, "Backlog", v -> Values.number(v, 0, Integer.MAX_VALUE)).ifPresent(n -> launch.add("backlog", n));
        settings.get(SOCKET, "BindToDevice", v -> v).ifPresent(d -> launch.add("device", d));
        settings.get(SOCKET, "PipeSize", Values::size).ifPresent(n -> launch.add("pipesize", n));
        Words.split(settings.text(SOCKET, "Symlinks", "")).forEach(l -> launch.add("link", Values.path(l)));
        if (internet && listen.address().indexOf('.') < 0) {
            launch.add("opt", SOL_IPV6 + ":26:" + (onlyV6() ? 1 : 0));
        }
        for (Option option : OPTIONS) {
            boolean tcp = option.level() != SOL_TCP || internet && listen.kind().equals("stream");
            if (tcp && (option.level() != SOL_IP || internet)) {
                value(option).ifPresent(v -> launch.add("opt", option.level() + ":" + option.name() + ":" + v));
            }
        }
        owner(launch);
        return launch;
    }

    private Optional<Long> value(Option option) {
        return switch (option.kind()) {
            case 'b' -> settings.get(SOCKET, option.key(), v -> Values.bool(v) ? 1L : 0L);
            case 's' -> settings.get(SOCKET, option.key(), v -> Values.span(v).toSeconds());
            case 'z' -> settings.get(SOCKET, option.key(), Values::size);
            default -> settings.get(SOCKET, option.key(), v -> (long) Values.number(v, 0, Integer.MAX_VALUE));
        };
    }

    private void owner(Launch launch) {
        if (!world.privileged()) {
            return;
        }
        settings.get(SOCKET, "SocketUser", v -> v).ifPresent(name -> {
            Accounts.User user = world.accounts().user(name).orElseThrow(() -> new IllegalArgumentException("SocketUser=" + name + ": there is no such user"));
            launch.add("uid", user.uid());
            if (!settings.has(SOCKET, "SocketGroup")) {
                launch.add("gid", user.gid());
            }
        });
        settings.get(SOCKET, "SocketGroup", v -> v).ifPresent(name -> launch.add("gid", world.accounts().group(name)
                .orElseThrow(() -> new IllegalArgumentException("SocketGroup=" + name + ": there is no such group"))));
    }

    List<String> paths() {
        return listens.stream().map(Listen::address).filter(a -> a.startsWith("/")).toList();
    }

    String describe() {
        return String.join(", ", listens.stream().map(l -> l.address() + " (" + l.kind() + ")").toList());
    }
}
