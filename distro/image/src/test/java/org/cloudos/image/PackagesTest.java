package org.cloudos.image;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.Map;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** Debian's packages on their way into an image, without the mirror: what is taken, made, refused. */
class PackagesTest {
    @TempDir Path folder;

    private static DebControl package_(String name, String control, String postinst) {
        return new DebControl(new Deb(name, "1", "amd64", Path.of(name), "0"), DebControl.parse(control), Map.of("postinst", postinst));
    }

    private static Additions wants(String... names) {
        return new Additions(Stream.of(names).filter(n -> !n.startsWith("!")).toList(),
                Stream.of(names).filter(n -> n.startsWith("!")).map(n -> n.substring(1)).toList(), Map.of(), Path.of("none"));
    }

    @Test void takesWhatIsNeededToRunAndNotWhatInstalls() throws IOException {
        List<DebControl> all = List.of(
                package_("shop", "Package: shop\nDepends: libshop (>= 2), adduser,\n debconf (>= 0.5) | debconf-2.0, nothing | mailer:any, tool\n", ""),
                package_("libshop", "Pre-Depends: libc6\n", ""), package_("libc6", "", ""), package_("adduser", "Depends: passwd", ""),
                package_("passwd", "", ""), package_("postfix", "Provides: mailer (= 1)\n", ""), package_("tool", "", ""));
        assertEquals(List.of("libc6", "libshop", "postfix", "shop", "tool"), names(all, "shop"));
        assertEquals(List.of("libc6", "libshop", "postfix", "shop"), names(all, "shop", "!tool"));
        assertEquals(List.of("adduser"), names(all, "adduser"));
        assertTrue(assertThrows(ImageException.class, () -> names(all, "shap")).getMessage().contains("no package shap"));
    }

    private static List<String> names(List<DebControl> all, String... wanted) throws IOException {
        return DebClosure.of(all, wants(wanted)).stream().map(DebClosure.Taken::name).toList();
    }

    @Test void namesThatMeanSomethingElseToAptAreRefused() throws IOException {
        Files.createDirectories(folder.resolve("image"));
        for (String name : List.of("-o", "nginx-", "g++", "a/trixie", "a=1", "A", "")) {
            Files.writeString(folder.resolve("image/packages"), name + " \nredis\n");
            if (name.isEmpty()) assertEquals(List.of("redis"), Additions.of(folder).packages());
            else assertThrows(ImageException.class, () -> Additions.of(folder), name);
        }
    }

    @Test void accountsKeepTheirNumbersWhenOthersComeAndGo() throws IOException {
        Accounts one = accounts("u redis - \"Redis: the server\" /var/lib/redis");
        Accounts two = accounts("u aaa -", "g zzz -", "u redis - Redis /var/lib/redis", "m redis adm", "u fixed 123:adm");
        assertEquals(one.uid("redis"), two.uid("redis"));
        assertTrue(one.uid("redis") >= 200 && one.uid("redis") < 900);
        assertEquals(one.uid("redis"), one.gid("redis"));
        assertTrue(one.passwd().contains(":Redis  the server:/var/lib/redis:/usr/sbin/nologin\n"), one.passwd());
        assertTrue(two.group().contains("adm:x:4:redis\n"), two.group());
        assertTrue(two.passwd().contains("fixed:x:123:4:"), two.passwd());
        assertEquals(33, two.uid("www-data"));
        assertThrows(ImageException.class, () -> two.uid("nosuch"));
        assertThrows(ImageException.class, () -> accounts("u thief 33"), "www-data has it");
        assertThrows(ImageException.class, () -> accounts("u x 1000000"));
        assertThrows(ImageException.class, () -> accounts("r - 100-200"));
    }

    private static Accounts accounts(String... lines) throws ImageException {
        Accounts accounts = new Accounts();
        accounts.debian(List.of("www-data:*:33:33:www-data:/var/www:/usr/sbin/nologin"), List.of("www-data:*:33:", "adm:*:4:"));
        for (String line : lines) accounts.declare(SetupLine.of(line).words());
        return accounts;
    }

    @Test void linesOfTmpfilesAreDoneNowOrAtTheStart() throws IOException {
        ImageTree tree = new ImageTree(Files.createDirectories(folder.resolve("tree")));
        Path shipped = Files.writeString(folder.resolve("conf"), "x");
        tree.add(shipped, "etc/shop/shop.conf", "shop", false);
        tree.add(shipped, "var/lib/shop/seed", "shop", false);
        TempFiles files = new TempFiles(tree, accounts("u shop 300"));
        files.factory("var", tree.root().resolve("usr/share/factory/var"));
        for (String line : List.of("z /etc/shop/shop.conf 0640 root shop", "d /etc/shop/site.d 2770 shop shop", "L /etc/shop/on - - - - shop.conf",
                "d /var/lib/shop 0750 shop shop", "D! /var/run/shop 0755 shop shop", "C /var/lib/shop/copy - - - - /etc/shop/shop.conf",
                "r! /var/lib/shop/lock", "w /sys/kernel/mm - - - - never", "d /run/%u")) {
            files.apply(SetupLine.of(line));
        }
        assertEquals(List.of("d 0755 0 0 /var/lib", "C 0644 0 0 /var/lib/shop/seed /usr/share/factory/var/lib/shop/seed",
                "d 0750 300 300 /var/lib/shop", "d 0755 300 300 /run/shop", "C 0640 0 0 /var/lib/shop/copy /etc/shop/shop.conf"), files.boot());
        assertEquals(Map.of("etc/shop/shop.conf", new ImageTree.Owner(0, 300), "etc/shop/site.d", new ImageTree.Owner(300, 300)), tree.owners());
        assertEquals(02770, TempFiles.mode(tree.at("etc/shop/site.d")));
        assertEquals(List.of("tmpfiles.d: specifier in /run/%u", "tmpfiles.d: w /sys/kernel/mm"), files.undone());
        assertThrows(ImageException.class, () -> files.apply(SetupLine.of("d /var/lib/x 0755 nosuch")));
        assertThrows(ImageException.class, () -> files.apply(SetupLine.of("d /var/lib/x rwx")));
        assertThrows(ImageException.class, () -> files.apply(SetupLine.of("d '/var/lib/a b'")));
        assertThrows(ImageException.class, () -> SetupLine.of("d '/var"));
        files.apply(SetupLine.of("f /usr/lib/systemd/system/a.service 0644 root root - [Service]\\nExecStart=/bin/sh -c 'echo \"$$x\"  \\\\n'"));
        assertEquals("[Service]\nExecStart=/bin/sh -c 'echo \"$$x\"  \\n'\n", Files.readString(tree.at("usr/lib/systemd/system/a.service")));
        assertThrows(ImageException.class, () -> files.apply(SetupLine.of("f /etc/never - - - - a\\x41")));
    }

    @Test void twoFilesAtOnePlaceAreRefused() throws IOException {
        ImageTree tree = new ImageTree(Files.createDirectories(folder.resolve("tree")));
        Path a = Files.writeString(folder.resolve("a"), "a");
        Path b = Files.writeString(folder.resolve("b"), "b");
        tree.add(a, "usr/bin/tool", "one", false);
        tree.add(Files.copy(a, folder.resolve("a2")), "usr/bin/tool", "two", false);
        String message = assertThrows(ImageException.class, () -> tree.add(b, "usr/bin/tool", "three", false)).getMessage();
        assertTrue(message.contains("three and two both have /usr/bin/tool"), message);
        tree.add(b, "usr/bin/tool", "the profile", true);
        assertThrows(ImageException.class, () -> tree.add(b, "cloudos/lib/x.jar", "evil", true));
        assertThrows(ImageException.class, () -> tree.add(b, "usr/lib/jvm/bin/java", "evil", true));
        assertEquals("usr/bin/tool", ImageTree.normal("./bin/../bin/tool"));
        assertEquals("etc/passwd", ImageTree.normal("../../etc/passwd"));
        RootTree root = new RootTree(Files.createDirectories(folder.resolve("root")));
        root.skeleton("test", true);
        tree.add(a, "etc/hostname", "one", false);
        assertTrue(assertThrows(ImageException.class, () -> root.packages(tree.root())).getMessage().contains("/etc/hostname"));
    }

    @Test void scriptsAreReadForWhatTheyWouldDo() {
        DebControl control = package_("redis-tools", "", """
                # chown is only mentioned
                adduser \\
                    --system redis
                    mkdir -p ${DIR}
                if deb-systemd-helper --quiet was-enabled 'redis.service'; then
                    deb-systemd-helper enable 'redis.service' >/dev/null || true
                if deb-systemd-helper debian-installed 'wait.service'; then
                    if deb-systemd-helper --quiet was-enabled 'wait.service'; then
                        deb-systemd-helper enable 'wait.service' >/dev/null || true
                """);
        assertEquals(List.of("adduser", "mkdir"), MaintainerScripts.makes(control));
        assertTrue(MaintainerScripts.makesAccounts(control));
        assertEquals(List.of("redis.service"), MaintainerScripts.enables(control));
        assertFalse(MaintainerScripts.makesAccounts(package_("x", "", "ldconfig\n")));
    }

    @Test void unitsAreEnabledAsTheySay() throws IOException {
        ImageTree tree = new ImageTree(Files.createDirectories(folder.resolve("tree")));
        Path unit = Files.writeString(folder.resolve("u"), "[Service]\nExecStart=/usr/bin/absent -x\nExecStop=-/sbin/no\n"
                + "[Install]\nWantedBy=multi-user.target\nAlias=b.service\n");
        tree.add(unit, "usr/lib/systemd/system/a.service", "a", false);
        tree.add(Files.writeString(folder.resolve("d"), "[Service]\nExecStop=\n"), "etc/systemd/system/a.service.d/x.conf", "a", false);
        UnitLinks links = new UnitLinks(tree);
        links.enable("a.service", "a");
        for (String link : List.of("multi-user.target.wants/a.service", "b.service")) {
            assertEquals(Path.of("/usr/lib/systemd/system/a.service"), Files.readSymbolicLink(tree.at("etc/systemd/system/" + link)));
        }
        assertEquals(List.of("a.service: no program /usr/bin/absent (ExecStart)"), links.missingPrograms());
        assertThrows(ImageException.class, () -> links.enable("../../x.service", "a"));
        assertThrows(ImageException.class, () -> links.enable("gone.service", "a"));
    }
}
