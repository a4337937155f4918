package org.cloudos.units.engine;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Base64;
import java.util.HexFormat;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import org.cloudos.units.Finding.Severity;
import org.cloudos.units.file.Command;
import org.cloudos.units.file.Settings;
import org.cloudos.units.file.Values;
import org.cloudos.units.process.Accounts;
import org.cloudos.units.process.Launch;

/** The keys of systemd.exec(5): how a unit's programs are run. */
final class ExecSettings {
    static final List<String> SEARCH = List.of("/usr/local/sbin", "/usr/local/bin", "/usr/sbin", "/usr/bin", "/sbin", "/bin");
    private static final String PATH = String.join(":", SEARCH);
    private static final Map<String, Integer> LIMITS = Map.ofEntries(
            Map.entry("LimitCPU", 0), Map.entry("LimitFSIZE", 1), Map.entry("LimitDATA", 2), Map.entry("LimitSTACK", 3),
            Map.entry("LimitCORE", 4), Map.entry("LimitRSS", 5), Map.entry("LimitNPROC", 6), Map.entry("LimitNOFILE", 7),
            Map.entry("LimitMEMLOCK", 8), Map.entry("LimitAS", 9), Map.entry("LimitLOCKS", 10), Map.entry("LimitSIGPENDING", 11),
            Map.entry("LimitMSGQUEUE", 12), Map.entry("LimitNICE", 13), Map.entry("LimitRTPRIO", 14), Map.entry("LimitRTTIME", 15));
    private static final List<String> LEVELS = List.of("emerg", "alert", "crit", "err", "warning", "notice", "info", "debug");
    private static final List<String> INPUTS = List.of("null", "tty", "tty-force", "tty-fail", "data", "socket");

    private final Unit unit;
    private final World world;
    private final Settings settings;
    private final String section;
    private final Sandbox sandbox;
    private final StateFolders stateFolders;
    private final boolean limited;

    ExecSettings(Unit unit, Settings settings, String section) {
        this.unit = unit;
        this.world = unit.engine.world();
        this.settings = settings;
        this.section = section;
        this.limited = settings.hasAny(section, LIMITS.keySet());
        this.stateFolders = new StateFolders(world, settings, section);
        this.sandbox = new Sandbox(world, settings, section, stateFolders, unit.id().toString());
        check();
    }

    /** What can be found wrong before anything is run. */
    private void check() {
        input();
        output("StandardOutput", "journal");
        output("StandardError", "inherit");
        if (limited) {
            LIMITS.keySet().forEach(this::limit);
        }
        settings.number(section, "Nice", 0, -20, 19);
        settings.number(section, "OOMScoreAdjust", 0, -1000, 1000);
        if (!world.privileged()) {
            for (String key : List.of("User", "Group", "SupplementaryGroups")) {
                if (settings.has(section, key)) {
                    settings.find(Severity.WARNING, key, "this system does not run as root: services run as its own user");
                }
            }
        }
        sandbox.check();
    }

    StateFolders stateFolders() {
        return stateFolders;
    }

    Sandbox sandbox() {
        return sandbox;
    }

    /** How its lines are marked in the journal. */
    OutputLines.Style style(String program) {
        String name = settings.text(section, "SyslogIdentifier", program.substring(program.lastIndexOf('/') + 1));
        return new OutputLines.Style(name, level("SyslogLevel", 6), settings.bool(section, "SyslogLevelPrefix", true), level("LogLevelMax", 7));
    }

    private int level(String key, int absent) {
        return settings.get(section, key, v -> v.matches("[0-7]") ? Integer.valueOf(v) : LEVELS.contains(v) ? Integer.valueOf(LEVELS.indexOf(v))
                : null).orElse(absent);
    }

    Optional<Accounts.User> user() {
        if (settings.bool(section, "DynamicUser", false) && world.privileged() && !existing()) {
            String name = settings.text(section, "User", unit.id().prefix());
            long uid = 61184 + Math.floorMod(name.hashCode(), 65520 - 61184);
            return Optional.of(new Accounts.User(name, uid, uid, "/", "/usr/sbin/nologin"));
        }
        String name = settings.text(section, "User", "");
        if (name.isEmpty() || !world.privileged()) {
            return Optional.empty();
        }
        return Optional.of(world.accounts().user(name).orElseThrow(() -> new ExecException(217, "User=" + name + ": there is no such user")));
    }

    private boolean existing() {
        return world.accounts().user(settings.text(section, "User", unit.id().prefix())).isPresent();
    }

    /** A start that can't even be tried. @see Exit for codes */
    static final class ExecException extends IllegalStateException {
        private static final long serialVersionUID = 1L;
        final int code;

        ExecException(int code, String message) {
            super(message);
            this.code = code;
        }
    }

    Optional<Long> group(Optional<Accounts.User> user) {
        String name = settings.text(section, "Group", "");
        if (name.isEmpty() || !world.privileged()) {
            return user.map(Accounts.User::gid);
        }
        return Optional.of(world.accounts().group(name).orElseThrow(() -> new ExecException(216, "Group=" + name + ": there is no such group")));
    }

    /**
     * The description of one command.
     *
     * @param extra environment that the unit adds
     * @param pids  names of variables that hold the process's id
     */
    Launch launch(Command command, Map<String, String> extra, List<String> pids, List<Integer> sockets) {
        Launch launch = new Launch();
        Optional<Accounts.User> user = user();
        Optional<Long> group = group(user);
        boolean full = command.privileged();
        Map<String, String> environment = environment(full ? Optional.empty() : user, extra);
        launch.add("path", find(command.path()));
        command.arguments(environment).forEach(a -> launch.add("arg", a));
        environment.forEach((k, v) -> launch.add("env", k + "=" + v));
        pids.forEach(p -> launch.add("pidenv", p));
        sockets.forEach(s -> launch.add("fd", s));
        streams(launch);
        attributes(launch);
        place(launch, user);
        if (!full) {
            if (!command.asRoot()) {
                identity(launch, user, group);
            }
            sandbox.describe(launch, user.isPresent() && !command.asRoot());
        }
        return launch;
    }

    private String find(String path) {
        String root = settings.text(section, "RootDirectory", "");
        if (path.startsWith("/")) {
            return path;
        }
        List<String> folders = settings.has(section, "ExecSearchPath")
                ? settings.words(section, "ExecSearchPath").stream().flatMap(w -> List.of(w.split(":")).stream()).toList() : SEARCH;
        return folders.stream().map(f -> f + "/" + path).filter(p -> Files.isExecutable(Path.of(root + p))).findFirst()
                .orElseThrow(() -> new ExecException(203, "there is no program " + path + " in " + String.join(", ", folders)));
    }

    private void identity(Launch launch, Optional<Accounts.User> user, Optional<Long> group) {
        if (!world.privileged()) {
            return;
        }
        List<String> more = settings.words(section, "SupplementaryGroups");
        if (user.isPresent() || group.isPresent() || !more.isEmpty()) {
            List<Long> all = new ArrayList<>(user.map(world.accounts()::groupsOf).orElse(List.of()));
            group.filter(g -> !all.contains(g)).ifPresent(all::add);
            for (String name : more) {
                all.add(world.accounts().group(name).orElseThrow(() -> new ExecException(216, "SupplementaryGroups=" + name + ": there is no such group")));
            }
            launch.add("groups", "set");
            all.forEach(g -> launch.add("group", g));
        }
        group.ifPresent(g -> launch.add("gid", g));
        user.ifPresent(u -> launch.add("uid", u.uid()));
    }

    private Map<String, String> environment(Optional<Accounts.User> user, Map<String, String> extra) {
        Map<String, String> all = new LinkedHashMap<>();
        all.put("LANG", "C.UTF-8");
        all.put("PATH", PATH);
        user.ifPresent(u -> {
            all.put("HOME", u.home());
            all.put("USER", u.name());
            all.put("LOGNAME", u.name());
            all.put("SHELL", u.shell());
        });
        for (String name : settings.words(section, "PassEnvironment")) {
            Optional.ofNullable(System.getenv(name)).ifPresent(v -> all.put(name, v));
        }
        all.putAll(extra);
        all.putAll(stateFolders.environment());
        for (String assignment : settings.words(section, "Environment")) {
            int equals = assignment.indexOf('=');
            if (equals > 0) {
                all.put(assignment.substring(0, equals), assignment.substring(equals + 1));
            }
        }
        for (String name : settings.list(section, "EnvironmentFile", v -> List.of(settings.specifiers().apply(v)))) {
            readFile(name, all);
        }
        for (String name : settings.words(section, "UnsetEnvironment")) {
            int equals = name.indexOf('=');
            if (equals < 0) {
                all.remove(name);
            } else {
                all.remove(name.substring(0, equals), name.substring(equals + 1));
            }
        }
        return all;
    }

    private void readFile(String name, Map<String, String> into) {
        boolean optional = name.startsWith("-");
        String pattern = optional ? name.substring(1) : name;
        List<Path> files = pattern.matches(".*[*?\\[].*") ? Conditions.glob(pattern) : List.of(Path.of(pattern));
        for (Path file : files) {
            try {
                EnvironmentFile.read(file).forEach((k, v) -> into.put(k, v));
            } catch (IOException e) {
                if (!optional) {
                    throw new ExecException(200, "EnvironmentFile=" + file + " can't be read: " + e.getMessage());
                }
            }
        }
        if (files.isEmpty() && !optional) {
            throw new ExecException(200, "EnvironmentFile=" + pattern + ": there is no such file");
        }
    }

    private String input() {
        return settings.get(section, "StandardInput", v -> {
            if (INPUTS.contains(v) || v.startsWith("file:") || v.startsWith("fd:")) {
                return v;
            }
            throw new IllegalArgumentException("expected " + String.join(", ", INPUTS) + " or file:PATH, found " + v);
        }).orElse(settings.has(section, "StandardInputText") || settings.has(section, "StandardInputData") ? "data" : "null");
    }

    private String output(String key, String absent) {
        return settings.get(section, key, v -> switch (v) {
            case "syslog", "syslog+console", "journal+console", "kmsg", "kmsg+console" -> "journal";
            case "inherit", "null", "tty", "journal", "socket" -> v;
            default -> {
                if (v.startsWith("file:") || v.startsWith("append:") || v.startsWith("truncate:") || v.startsWith("fd:")) {
                    yield v;
                }
                throw new IllegalArgumentException("expected journal, null, socket, inherit, tty, or file:PATH, found " + v);
            }
        }).map(settings.specifiers()).orElse(absent);
    }

    private void streams(Launch launch) {
        String in = input();
        String tty = settings.text(section, "TTYPath", "/dev/console");
        String stdin = in.startsWith("tty") ? "tty:" + tty : in.equals("socket") || in.startsWith("fd:") ? "fd" : in.equals("data") ? "data:" + data() : in;
        String out = output("StandardOutput", "journal");
        if (out.equals("inherit") || out.equals("journal") && !settings.has(section, "StandardOutput") && in.matches("socket|tty.*")) {
            out = in.equals("socket") ? "socket" : in.startsWith("tty") ? "tty" : in.equals("null") ? "null" : "journal";
        }
        String err = output("StandardError", "inherit");
        launch.add("stdin", settings.specifiers().apply(stdin)).add("stdout", target(out, tty));
        launch.add("stderr", err.equals("inherit") ? "stdout" : target(err, tty));
        launch.captured(false);
    }

    private static String target(String word, String tty) {
        return switch (word) {
            case "journal" -> "output";
            case "socket" -> "fd";
            case "tty" -> "tty:" + tty;
            default -> word.startsWith("fd:") ? "fd" : word;
        };
    }

    private String data() {
        StringBuilder hex = new StringBuilder();
        HexFormat format = HexFormat.of();
        settings.list(section, "StandardInputText", v -> org.cloudos.units.file.Words.split("\"" + v.replace("\"", "\\\"") + "\""))
                .forEach(t -> hex.append(format.formatHex((settings.specifiers().apply(t) + "\n").getBytes(java.nio.charset.StandardCharsets.UTF_8))));
        settings.list(section, "StandardInputData", v -> List.of(Base64.getMimeDecoder().decode(v))).forEach(b -> hex.append(format.formatHex(b)));
        return hex.toString();
    }

    private void attributes(Launch launch) {
        settings.get(section, "UMask", Values::mode).ifPresentOrElse(m -> launch.add("umask", Integer.toOctalString(m)), () -> launch.add("umask", "022"));
        settings.get(section, "Nice", v -> Values.number(v, -20, 19)).ifPresent(n -> launch.add("nice", n));
        settings.get(section, "OOMScoreAdjust", v -> Values.number(v, -1000, 1000)).ifPresent(n -> launch.add("oom", n));
        settings.get(section, "TimerSlackNSec", v -> Values.span(v, "nsec").toNanos()).ifPresent(n -> launch.add("timerslack", n));
        if (!settings.bool(section, "IgnoreSIGPIPE", true)) {
            launch.add("sigpipe", 1);
        }
        Scheduling.describe(settings, section, launch);
        if (limited) {
            LIMITS.forEach((name, number) -> limit(name).ifPresent(l -> launch.add("rlimit", number + ":" + l)));
        }
    }

    /** {@code SOFT:HARD}, numbers. */
    private Optional<String> limit(String name) {
        return settings.get(section, name, v -> {
            String[] parts = v.split(":", 2);
            long soft = resource(name, parts[0]);
            long hard = parts.length > 1 ? resource(name, parts[1]) : soft;
            if (hard >= 0 && (soft > hard || soft < 0)) {
                throw new IllegalArgumentException("expected a soft limit of at most the hard one, found " + v);
            }
            return soft + ":" + hard;
        });
    }

    private static long resource(String name, String value) {
        if (value.equals("infinity")) {
            return -1;
        }
        return switch (name) {
            case "LimitCPU" -> Math.max(1, (Values.span(value).toNanos() + 999_999_999L) / 1_000_000_000L);
            case "LimitRTTIME" -> Values.span(value, "us").toNanos() / 1000;
            case "LimitNICE" -> value.startsWith("+") || value.startsWith("-") ? 20 - Values.number(value.startsWith("+") ? value.substring(1) : value,
                    -20, 19) : Values.size(value);
            default -> Values.size(value);
        };
    }

    private void place(Launch launch, Optional<Accounts.User> user) {
        String cwd = settings.text(section, "WorkingDirectory", "");
        boolean optional = cwd.startsWith("-");
        cwd = optional ? cwd.substring(1) : cwd;
        if (cwd.equals("~")) {
            cwd = user.map(Accounts.User::home).orElse("/root");
        }
        launch.add("cwd", cwd.isEmpty() ? "/" : cwd);
        if (optional) {
            launch.add("cwdoptional", 1);
        }
        settings.get(section, "RootDirectory", v -> Values.path(settings.specifiers().apply(v))).filter(r -> !r.equals("/"))
                .ifPresent(r -> launch.add("root", r));
        if (settings.bool(section, "NonBlocking", false)) {
            launch.add("nonblocking", 1);
        }
    }
}
