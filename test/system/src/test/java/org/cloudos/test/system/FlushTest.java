package org.cloudos.test.system;

import static org.junit.jupiter.api.Assertions.assertArrayEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.io.BufferedReader;
import java.io.IOException;
import java.io.InputStream;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardOpenOption;
import java.util.ArrayList;
import java.util.List;
import java.util.SplittableRandom;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.condition.EnabledIfSystemProperty;
import org.junit.jupiter.api.io.CleanupMode;
import org.junit.jupiter.api.io.TempDir;

/** QEMU is killed while three drivers write and flush: what a completed flush covers is in the images. */
class FlushTest {
    private static final long DISK = 64L << 20;
    private static final int PIECE = 32_768;
    private static final String[] NAMES = {"nvme0n1", "vda", "ahci0p0"};

    @TempDir(cleanup = CleanupMode.ON_SUCCESS)
    Path home;

    /** With these images a driver that does not flush loses: QEMU keeps their tables until it is told to write them. */
    @Test
    void whatAFlushCoversSurvivesTheCut() throws Exception {
        cut(home, "writeback", true, new SplittableRandom(1));
    }

    @Test
    @EnabledIfSystemProperty(named = "cloudos.test.endurance", matches = "true")
    void inAllModesOfTheCache() throws Exception {
        long seed = System.nanoTime();
        SplittableRandom random = new SplittableRandom(seed);
        StringBuilder found = new StringBuilder("flushes, seed " + seed + "\n");
        for (int round = 0; round < Integer.getInteger("cloudos.test.cuts", 2); round++) {
            for (String mode : new String[] {"writeback", "none", "directsync"}) {
                for (boolean tables : new boolean[] {true, false}) {
                    Path folder = Files.createDirectory(home.resolve(mode + tables + round));
                    found.append(mode).append(tables ? " qcow2 " : " raw ").append(cut(folder, mode, tables, random)).append('\n');
                }
            }
        }
        Files.writeString(Path.of("target", "endurance.txt"), found.toString(), StandardOpenOption.CREATE, StandardOpenOption.APPEND);
    }

    /** @return how many bytes each driver was told are safe */
    private static List<Long> cut(Path home, String mode, boolean tables, SplittableRandom random) throws Exception {
        List<Flushes> flushes = new ArrayList<>();
        try (Machine machine = Machine.withDevices(home, "hardware", devices(home, mode, tables))) {
            for (String name : NAMES) {
                PlugVisit.await(machine, name, true);
                flushes.add(new Flushes(machine.started("bench:flushes --seed 7 --bytes " + DISK + " --piece " + PIECE + " " + name)));
            }
            for (Flushes f : flushes) {
                f.await(random.nextInt(3, 60));
            }
        }
        List<Long> covered = new ArrayList<>();
        for (int i = 0; i < NAMES.length; i++) {
            int bytes = flushes.get(i).last();
            Path image = home.resolve(NAMES[i] + ".img");
            byte[] found = tables ? Qcow2.read(image, bytes) : head(image, bytes);
            assertArrayEquals(Pattern.bytes(7, 0, bytes), found, NAMES[i] + ", cache=" + mode + ", " + bytes + " bytes flushed");
            covered.add((long) bytes);
        }
        return covered;
    }

    private static byte[] head(Path image, int bytes) throws IOException {
        try (InputStream in = Files.newInputStream(image)) {
            return in.readNBytes(bytes);
        }
    }

    private static String[] devices(Path home, String mode, boolean tables) throws IOException {
        List<String> words = new ArrayList<>(List.of("-device", "ahci,id=s"));
        String[] kinds = {"nvme,serial=n,drive=", "virtio-blk-pci" + HardwareDevices.VIRTIO + ",drive=", "ide-hd,bus=s.0,drive="};
        for (int i = 0; i < NAMES.length; i++) {
            String drive = Pattern.drive(home, NAMES[i], DISK);
            if (tables) {
                Files.delete(home.resolve(NAMES[i] + ".img"));
                Qcow2.create(home.resolve(NAMES[i] + ".img"), DISK);
                drive = drive.replace("format=raw", "format=qcow2");
            }
            words.addAll(List.of("-drive", drive + ",cache=" + mode, "-device", kinds[i] + NAMES[i]));
        }
        return words.toArray(String[]::new);
    }

    /** Reads what bench:flushes prints, until its machine is no more. */
    private static final class Flushes {
        private final StringBuilder seen = new StringBuilder(); // guarded by this, as all below
        private final Thread reader;
        private int last;
        private int count;
        private boolean over;

        private Flushes(Process command) {
            reader = Thread.ofVirtual().start(() -> read(command));
        }

        private void read(Process command) {
            try (BufferedReader lines = command.inputReader()) {
                for (String line = lines.readLine(); line != null; line = lines.readLine()) {
                    tell(line);
                }
            } catch (IOException e) {
                tell(e.toString());
            }
            synchronized (this) {
                over = true;
                notifyAll();
            }
        }

        private synchronized void tell(String line) {
            seen.append(line).append('\n');
            if (line.startsWith("safe ")) {
                last = Integer.parseInt(line.substring(5).strip());
                count++;
                notifyAll();
            }
        }

        private synchronized void await(int flushes) throws InterruptedException {
            long end = System.nanoTime() + Limits.COMMAND.toNanos();
            while (count < flushes) {
                assertTrue(!over && System.nanoTime() < end, "expected " + flushes + " flushes, found " + seen);
                wait(1000);
            }
        }

        private int last() throws InterruptedException {
            reader.join();
            synchronized (this) {
                return last;
            }
        }
    }
}
