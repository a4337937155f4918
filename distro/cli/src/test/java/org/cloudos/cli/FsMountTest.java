package org.cloudos.cli;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertTrue;
import static org.junit.jupiter.api.Assumptions.assumeTrue;

import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.io.PrintStream;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.concurrent.TimeUnit;
import org.cloudos.cli.fs.Mounted;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** A volume in an image, mounted as a user would, and programs of Debian on it. Needs root and /dev/fuse. */
class FsMountTest {
    @TempDir Path dir;
    private Path image;
    private Path folder;
    private final ByteArrayOutputStream said = new ByteArrayOutputStream();

    @BeforeEach void make() throws IOException {
        assumeTrue("root".equals(System.getProperty("user.name")) && Files.isWritable(Path.of("/dev/fuse")), "needs root and /dev/fuse");
        image = dir.resolve("image");
        folder = Files.createDirectory(dir.resolve("folder"));
        assertEquals(0, fs("mkfs", image.toString(), "--size", "512M", "--label", "test"), this::said);
        assertEquals(0, fs("mount", image.toString(), folder.toString()), this::said);
    }

    @AfterEach void unmount() throws Exception {
        if (folder != null && Mounted.find(folder).isPresent()) {
            assertEquals(0, fs("umount", "--force", folder.toString()), this::said);
        }
        if (folder != null) {
            new ProcessBuilder("umount", "-l", folder.toString()).redirectErrorStream(true).start().waitFor();
        }
    }

    private int fs(String... arguments) {
        String[] all = new String[arguments.length + 1];
        all[0] = "fs";
        System.arraycopy(arguments, 0, all, 1, arguments.length);
        return Main.run(new Console(new PrintStream(said), new PrintStream(said), false), all);
    }

    private String said() {
        return said.toString();
    }

    private String sh(String script) throws Exception {
        Process p = new ProcessBuilder("bash", "-e", "-c", script).directory(folder.toFile()).redirectErrorStream(true).start();
        p.getOutputStream().close();
        String output = new String(p.getInputStream().readAllBytes());
        assertEquals(0, p.waitFor(), script + "\n" + output);
        return output.strip();
    }

    private static void needs(String... programs) {
        for (String program : programs) {
            assumeTrue(Files.isExecutable(Path.of("/usr/bin", program)), "needs " + program);
        }
    }

    @Test void gitKeepsARepository() throws Exception {
        needs("git");
        sh("git init -q r; cd r; git config user.email a@b; git config user.name a; for i in $(seq 60); do seq $((i*50)) > f$i; git add .; "
                + "git commit -qm c$i; done; git gc -q --aggressive; git fsck --full --strict; git clone -q . ../s; diff -r --exclude=.git . ../s");
    }

    @Test void sqliteSurvivesTheDeathOfTheServer() throws Exception {
        needs("sqlite3");
        sh("sqlite3 db 'create table t(n integer primary key, x text)'");
        // FULL, the default, doesn't sync the folder after it deleted the journal: the last transaction could come undone. EXTRA does.
        Process writer = new ProcessBuilder("bash", "-c", "for i in $(seq 100000); do "
                + "sqlite3 db \"pragma synchronous=extra; insert into t values($i, hex(randomblob(200)))\" "
                + "2>/dev/null && echo $i || exit 0; done").directory(folder.toFile()).start();
        String last = "0";
        for (int i = 0; i < 40; i++) { // so many are acknowledged at least
            last = readLine(writer);
        }
        Mounted mounted = Mounted.find(folder).orElseThrow();
        ProcessHandle server = ProcessHandle.of(mounted.pid()).orElseThrow();
        server.destroyForcibly();
        server.onExit().get(1, TimeUnit.MINUTES);
        for (String line = readLine(writer); line != null; line = readLine(writer)) {
            last = line;
        }
        assertTrue(writer.waitFor(1, TimeUnit.MINUTES), "nobody hangs");
        new ProcessBuilder("umount", folder.toString()).start().waitFor();
        assertEquals(0, fs("mount", image.toString(), folder.toString()), this::said);
        assertFalse(Files.exists(Path.of(mounted.socket())), "the dead process's socket stays behind");
        assertEquals("ok", sh("sqlite3 db 'pragma integrity_check'"));
        assertTrue(Integer.parseInt(sh("sqlite3 db 'select count(*) from t'")) >= Integer.parseInt(last), "all that was acknowledged is there");
    }

    private static String readLine(Process p) throws IOException {
        StringBuilder line = new StringBuilder();
        for (int c = p.getInputStream().read(); c >= 0; c = p.getInputStream().read()) {
            if (c == '\n') {
                return line.toString();
            }
            line.append((char) c);
        }
        return null;
    }

    @Test void rsyncKeepsEverything() throws Exception {
        needs("rsync", "setfacl", "setfattr");
        Path from = Files.createDirectory(dir.resolve("from"));
        sh("cd " + from + "; mkdir -p a/b; echo x > a/f; ln a/f a/hard; ln -s ../f a/b/soft; mkfifo p; mknod n c 1 3; truncate -s 10M sparse; "
                + "setfattr -n user.k -v v a/f; setfacl -m u:1234:rw a/f; setfacl -d -m u:1234:rwx a; chmod 4755 a/hard; "
                + "touch -d 2001-02-03 a/f; chown 7:8 a/f");
        sh("rsync -aHAXS " + from + "/ to/; rsync -aHAXS to/ " + dir + "/back/");
        assertEquals("", sh("rsync -aHAXnci --delete " + from + "/ to/"));
        assertEquals("", sh("rsync -aHAXnci --delete " + from + "/ " + dir + "/back/"));
    }

    @Test void fioFindsWhatItWrote() throws Exception {
        needs("fio");
        sh("fio --name=v --rw=randrw --bs=4k-64k --size=24m --numjobs=2 --thread --ioengine=psync --verify=crc32c --do_verify=1 --fsync=64 --output=/dev/null");
    }

    @Test void aUsersWriteTakesSetIdBitsAwayAtOnce() throws Exception {
        String user = "setpriv --reuid 65534 --regid 65534 --clear-groups ";
        sh("echo x > f; chown 65534:65534 f; chmod 6755 f; [ $(stat -c %A f) = -rwsr-sr-x ]; "
                + user + "dd if=/dev/zero of=f bs=4096 count=1 oflag=direct conv=notrunc 2>../error; [ $(stat -c %A f) = -rwxr-xr-x ]");
        sh("chmod 6755 f; [ $(stat -c %A f) = -rwsr-sr-x ]; " + user + "bash -c 'echo y >> f'; [ $(stat -c %A f) = -rwxr-xr-x ]");
        sh("chmod 6755 f; [ $(stat -c %A f) = -rwsr-sr-x ]; " + user + "fallocate -l 100000 f; [ $(stat -c %A f) = -rwxr-xr-x ]");
        sh("chgrp 0 f; chmod 6666 f; [ $(stat -c %A f) = -rwSrwSrw- ]; " + user + "fallocate -p -l 4096 f; [ $(stat -c %A f) = -rw-rw-rw- ]");
    }

    @Test void whoComesToALimitIsTold() throws Exception {
        sh("mkdir q");
        assertEquals(0, fs("quota", folder.toString(), "/q", "--size", "1M", "--files", "6"), this::said);
        sh("head -c 500000 /dev/urandom > q/h");
        assertEquals(0, fs("quota", folder.toString(), "--json"), this::said);
        assertTrue(said().contains("\"folder\": \"/q\"") && said().contains("\"usedBytes\": 503808"), said());
        sh("rm q/h");
        sh("! dd if=/dev/zero of=q/z bs=64k count=40 2>../error; grep -Eq 'No space left|quota exceeded' ../error");
        sh("for i in 1 2 3 4; do touch q/$i; done; ! touch q/5 2>../error; grep -q 'quota exceeded' ../error; rm q/z; echo ok > q/4");
        sh("for i in $(seq 100); do ! dd if=/dev/zero of=q/z bs=64k count=40 2>../error; rm q/z; echo ok > q/4; done"); // rm frees at once
        assertEquals(0, fs("quota", folder.toString(), "/q"), this::said);
        sh("dd if=/dev/zero of=q/z bs=64k count=40 2>/dev/null; touch q/5 q/6 q/7; cat q/4");
    }

    @Test void snapshotsWorkWhileItIsMounted() throws Exception {
        sh("echo before > f");
        assertEquals(0, fs("snapshot", "create", folder.toString(), "s"), this::said);
        sh("echo after > f");
        assertEquals(1, fs("snapshot", "create", folder.toString(), "s"));
        assertTrue(said().contains("exists"), said());
        assertEquals(1, fs("fsck", image.toString()));
        assertTrue(said().contains("is mounted on"), said());
        assertEquals(0, fs("umount", folder.toString()), this::said);
        assertFalse(Files.exists(folder.resolve("f")));
        assertEquals(0, fs("snapshot", "rollback", image.toString(), "s"), this::said);
        assertEquals(0, fs("fsck", "--data", image.toString()), this::said);
        assertEquals(0, fs("mount", image.toString(), folder.toString()), this::said);
        assertEquals("before", sh("cat f"));
        assertEquals(0, fs("df", folder.toString()), this::said);
        assertEquals(1, fs("mount", image.toString(), folder.toString()));
    }

    @Test void snapshotsAndClonesAreMountedInPlaceOfTheFiles() throws Exception {
        sh("echo before > f");
        assertEquals(0, fs("snapshot", "create", folder.toString(), "s"), this::said);
        assertEquals(0, fs("snapshot", "clone", folder.toString(), "s", "c"), this::said);
        sh("echo after > f; sync f");
        assertEquals(1, fs("snapshot", "rollback", folder.toString(), "s"));
        assertTrue(said().contains("unmount the volume first"), said());
        assertEquals(0, fs("umount", folder.toString()), this::said);
        assertEquals(1, fs("mount", image.toString(), folder.toString(), "-o", "snapshot=nosuch"));
        assertTrue(said().contains("snapshot nosuch"), said());
        assertEquals(0, fs("mount", image.toString(), folder.toString(), "-o", "snapshot=s"), this::said);
        assertEquals("before", sh("cat f; ! touch g 2>../error; grep -q 'Read-only' ../error"));
        assertEquals(0, fs("umount", folder.toString()), this::said);
        assertEquals(0, fs("mount", image.toString(), folder.toString(), "-o", "snapshot=c"), this::said);
        sh("cat f; echo mine >> f");
        assertEquals(0, fs("umount", folder.toString()), this::said);
        assertEquals(0, fs("mount", image.toString(), folder.toString(), "-o", "snapshot=c"), this::said);
        assertEquals("before mine", sh("echo $(cat f)"));
        assertEquals(0, fs("umount", folder.toString()), this::said);
        assertEquals(0, fs("fsck", "--data", image.toString()), this::said);
        assertEquals(0, fs("mount", image.toString(), folder.toString()), this::said);
        assertEquals("after", sh("cat f"));
    }

    @Test void aVolumeInUseGrowsWithItsImage() throws Exception {
        sh("seq 1000 > f");
        assertEquals(1, fs("resize", folder.toString(), "700M"));
        assertTrue(said().contains("the device's 536870912"), said());
        sh("truncate -s 700M " + image);
        assertEquals(0, fs("resize", folder.toString(), "700M"), this::said);
        assertEquals("716800", sh("df -k --output=size . | tail -n 1"));
        assertEquals(0, fs("resize", folder.toString(), "100M"), this::said);
        assertEquals("102400 1000", sh("echo $(df -k --output=size . | tail -n 1) $(wc -l < f)"));
        assertEquals(0, fs("umount", folder.toString()), this::said);
        assertEquals(0, fs("fsck", "--data", image.toString()), this::said);
    }

    @Test void whatIsNotItsStaysAsItIs() throws Exception {
        assertEquals(1, fs("umount", "--force", "/proc"));
        assertTrue(said().contains("/proc: expected a folder with a volume") && Files.exists(Path.of("/proc/self")), said());
        Path other = dir.resolve("other"), stream = dir.resolve("stream");
        assertEquals(1, fs("mkfs", other.toString(), "--size", "64M", "--passphrase-file", dir.resolve("nosuch").toString()));
        assertFalse(Files.exists(other), "an image that is none stays behind");
        Files.writeString(stream, "an earlier one");
        assertEquals(1, fs("send", folder.toString(), "nosuch", "--to", stream.toString()));
        assertEquals("an earlier one", Files.readString(stream));
        sh("seq 1000 > f");
        assertEquals(0, fs("snapshot", "create", folder.toString(), "s"), this::said);
        assertEquals(0, fs("send", folder.toString(), "s", "--to", stream.toString()), this::said);
        assertEquals(0, fs("mkfs", other.toString(), "--size", "64M"), this::said);
        assertEquals(0, fs("receive", other.toString(), "--from", stream.toString()), this::said);
        sh("mkdir q; head -c 500000 /dev/urandom > q/f");
        assertEquals(0, fs("quota", folder.toString(), "/q", "--size", "1M"), this::said);
        assertEquals(0, fs("quota", folder.toString(), "/q", "--size", "0", "--files", "0"), this::said);
        sh("head -c 2000000 /dev/urandom > q/g");
    }

    @Test void aMirrorGoesOnWithOneImageAndGetsTheOtherAgain() throws Exception {
        Path one = dir.resolve("one"), two = dir.resolve("two"), third = dir.resolve("third");
        assertEquals(0, fs("umount", folder.toString()), this::said);
        assertEquals(0, fs("mkfs", one.toString(), "--mirror", two.toString(), "--size", "64M"), this::said);
        assertEquals(1, fs("mount", one.toString(), folder.toString()), this::said);
        assertTrue(said().contains("option degraded"), said());
        assertEquals(0, fs("mount", one.toString(), folder.toString(), "-o", "degraded"), this::said);
        sh("seq 100000 > alone; sync alone");
        assertEquals(0, fs("attach", folder.toString(), two.toString()), this::said);
        sh("seq 1000 > both; sync both");
        assertEquals(0, fs("umount", folder.toString()), this::said);
        assertEquals(0, fs("fsck", "--data", one.toString(), "--mirror", two.toString()), this::said);
        assertEquals(0, fs("devices", two.toString(), "--degraded", "--json"), this::said);
        assertTrue(said().contains("in step") && said().contains("missing"), said());
        assertEquals(1, fs("fsck", one.toString(), "--mirror", two.toString()), this::said); // two was opened alone
        assertTrue(said().contains("is behind"), said());
        assertEquals(0, fs("resync", two.toString(), "--mirror", one.toString()), this::said);
        Files.createFile(third);
        assertEquals(1, fs("attach", one.toString(), third.toString(), "--mirror", two.toString(), "--instead", "two"), this::said);
        sh("truncate -s 64M " + third);
        assertEquals(0, fs("attach", one.toString(), third.toString(), "--mirror", two.toString(), "--instead", "two"), this::said);
        assertEquals(0, fs("mount", third.toString(), folder.toString(), "--mirror", one.toString()), this::said);
        assertEquals("100000 1000", sh("echo $(wc -l < alone) $(wc -l < both)"));
    }
}
