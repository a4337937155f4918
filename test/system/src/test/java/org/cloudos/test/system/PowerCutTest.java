package org.cloudos.test.system;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.io.BufferedInputStream;
import java.io.EOFException;
import java.io.IOException;
import java.io.InputStream;
import java.io.RandomAccessFile;
import java.net.Socket;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.time.Instant;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.atomic.AtomicIntegerArray;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.CleanupMode;
import org.junit.jupiter.api.io.TempDir;

/**
 * A database and a git repository on CloudFS on an NVMe disk of a booted machine, all by our drivers. The power is cut under load, twice:
 * once the machine is killed, once it is reset. What was acknowledged is there. Then disks are pulled out under mounted volumes ({@link PulledDisks}).
 */
class PowerCutTest {
    private static final Path PROFILE = Command.ROOT.resolve("test/system/src/test/profiles/powercut.bndrun");
    private static final int CLIENTS = 4, WRITES = 60, COMMITS = 4;

    @TempDir(cleanup = CleanupMode.ON_SUCCESS)
    Path home;
    private Path disk;
    private int port;
    /** The last write of each client that the database has acknowledged. */
    private final AtomicIntegerArray acknowledged = new AtomicIntegerArray(CLIENTS);
    private int commits;

    @Test
    void whatWasAcknowledgedIsThereAfterACutOfPower() throws Exception {
        disk = home.resolve("nvme.img");
        port = Machine.freePort();
        try (RandomAccessFile file = new RandomAccessFile(disk.toFile(), "rw")) {
            file.setLength(1L << 30);
        }
        try (Machine machine = boot()) {
            String volume = machine.ssh("volume:format --label database nvme0n1").expect(0).out().strip();
            machine.ssh("volume:open nvme0n1").expect(0);
            machine.ssh("fuse:mount --make database /var/volume").expect(0);
            machine.ssh("fs:mkdir /volume").expect(0);
            machine.ssh("fs:mount " + volume + " /volume").expect(0);
            machine.ssh("svc:start redis-server").expect(0);
            machine.ssh("svc:start commits").expect(0);
            machine.ssh("echo one | fs:write /volume/notes").expect(0);
            machine.ssh("fs:sync").expect(0); // else a cut within the next seconds may take it
            assertEquals("one", machine.ssh("cat /var/volume/notes").expect(0).out().strip(), "what the shell writes, Linux sees");
            cutUnderLoad(machine, machine::close);
        }
        Command fsck = Command.cloudos(home, Limits.COMMAND, "fs", "fsck", "--data", disk.toString()).expect(0);
        assertTrue(fsck.all().contains("clean"), fsck.toString());
        try (Machine machine = boot(); Monitor monitor = new Monitor(home.resolve("qmp"))) {
            allIsThere(machine);
            machine.ssh("svc:start commits").expect(0);
            cutUnderLoad(machine, () -> monitor.execute("system_reset", "{}"));
            machine.awaitReady();
            allIsThere(machine);
            new PulledDisks(machine, monitor, home).all();
            machine.ssh("os:poweroff");
            assertEquals(0, machine.awaitEnd());
        }
        Command.cloudos(home, Limits.COMMAND, "fs", "fsck", "--data", disk.toString()).expect(0);
        Command pulled = Command.cloudos(home, Limits.COMMAND, "fs", "fsck", PulledDisks.image(home, 1).toString(), "--mirror",
                PulledDisks.image(home, 2).toString());
        assertTrue(pulled.status() == 1 && pulled.all().contains("pulled1.img (device 1 of the mirror) is behind"), pulled.toString());
    }

    private Machine boot() throws IOException, InterruptedException {
        List<String> devices = new ArrayList<>(List.of("-drive", "if=none,format=raw,id=nvme,file=" + disk, "-device", "nvme,drive=nvme,serial=n",
                "-qmp", "unix:" + home.resolve("qmp") + ",server=on,wait=off"));
        devices.addAll(PulledDisks.slots(home));
        return Machine.withDevices(home, PROFILE.toString(), List.of("--forward", port + ":6379"), devices.toArray(String[]::new));
    }

    private interface Cut {
        void now() throws IOException;
    }

    /** All write, until each has got on; then the power goes while they still write. */
    private void cutUnderLoad(Machine machine, Cut cut) throws Exception {
        int[] from = new int[CLIENTS];
        List<Thread> clients = new ArrayList<>();
        for (int i = 0; i < CLIENTS; i++) {
            int client = i;
            from[client] = acknowledged.get(client);
            clients.add(Thread.ofPlatform().start(() -> write(client)));
        }
        int before = commits;
        Instant limit = Instant.now().plus(Limits.COMMAND);
        while (commits < before + COMMITS || !allWrote(from)) {
            assertTrue(Instant.now().isBefore(limit), "commits " + commits + ", writes " + acknowledged + "\n" + machine.ssh("svc:status commits").all()
                    + machine.ssh("svc:status redis-server").all());
            Matcher safe = Pattern.compile("safe (\\d+)").matcher(machine.ssh("svc:logs commits").all());
            while (safe.find()) {
                commits = Math.max(commits, Integer.parseInt(safe.group(1)));
            }
        }
        cut.now();
        for (Thread client : clients) {
            client.join(Limits.COMMAND.toMillis());
        }
    }

    private boolean allWrote(int[] from) {
        for (int i = 0; i < CLIENTS; i++) {
            if (acknowledged.get(i) < from[i] + WRITES) {
                return false;
            }
        }
        return true;
    }

    /** Until the machine is gone. */
    private void write(int client) {
        try (Socket socket = connect()) {
            InputStream in = new BufferedInputStream(socket.getInputStream());
            for (int i = acknowledged.get(client) + 1; ; i++) {
                if (!ask(socket, in, "SET k" + client + ":" + i + " " + value(client, i)).equals("+OK")) {
                    return;
                }
                acknowledged.set(client, i);
            }
        } catch (IOException e) {
            return; // the cut
        }
    }

    private Socket connect() throws IOException {
        Socket socket = new Socket("127.0.0.1", port);
        socket.setSoTimeout(120_000); // whom a reset machine forgot waits for ever
        return socket;
    }

    private static String value(int client, int i) {
        return ("v" + client + "-" + i + ".").repeat(50);
    }

    /** A command of one line, as redis takes it; the answer's first line, of a string the string. */
    private static String ask(Socket socket, InputStream in, String command) throws IOException {
        socket.getOutputStream().write((command + "\r\n").getBytes(StandardCharsets.US_ASCII));
        String head = line(in);
        return head.startsWith("$") && !head.equals("$-1") ? line(in) : head;
    }

    private static String line(InputStream in) throws IOException {
        StringBuilder text = new StringBuilder();
        for (int c = in.read(); c != '\n'; c = in.read()) {
            if (c < 0) {
                throw new EOFException();
            }
            text.append((char) c);
        }
        return text.toString().strip();
    }

    /** The volume is mounted by itself, and the database comes up on it. */
    private void allIsThere(Machine machine) throws Exception {
        Instant limit = Instant.now().plus(Limits.COMMAND);
        while (!machine.ssh("os:probe --limit 20s --send 'PING\\r\\n' --expect PONG 127.0.0.1:6379").all().contains("PONG")) {
            assertTrue(Instant.now().isBefore(limit), machine.ssh("fuse:list").all() + machine.ssh("svc:status redis-server").all()
                    + machine.ssh("log:tail -n 50").all());
        }
        try (Socket socket = connect()) {
            InputStream in = new BufferedInputStream(socket.getInputStream());
            for (int client = 0; client < CLIENTS; client++) {
                for (int i = 1; i <= acknowledged.get(client); i++) {
                    assertEquals(value(client, i), ask(socket, in, "GET k" + client + ":" + i), "write " + i + " of client " + client);
                }
            }
        }
        Command check = machine.ssh("svc:start commits-check");
        String logs = machine.ssh("svc:logs commits-check").all();
        assertEquals(0, check.status(), check + logs);
        Matcher checked = Pattern.compile("checked (\\d+)").matcher(logs);
        assertTrue(checked.find() && Integer.parseInt(checked.group(1)) >= commits, commits + " commits were acknowledged\n" + logs);
        commits = Integer.parseInt(checked.group(1));
        assertEquals("one", machine.ssh("cat /var/volume/notes").expect(0).out().strip());
    }
}
