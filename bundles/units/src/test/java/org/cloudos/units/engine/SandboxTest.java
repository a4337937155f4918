package org.cloudos.units.engine;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;
import static org.junit.jupiter.api.Assumptions.assumeTrue;

import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** What services can't do; each is asked by a shell that runs as the service. Needs root. */
class SandboxTest {
    @TempDir Path folder;

    private String run(String keys, String script) throws Exception {
        Files.setPosixFilePermissions(folder, java.nio.file.attribute.PosixFilePermissions.fromString("rwxr-xr-x"));
        assumeTrue(System.getProperty("user.name").equals("root"));
        try (TestUnits t = new TestUnits(folder, true)) {
            t.write("s.service", "[Service]\nType=oneshot\nRemainAfterExit=yes\n" + keys + "\nExecStart=/bin/sh -c '" + script + "; echo end'\n");
            t.load();
            t.start("s");
            t.await("output", () -> t.world.output.stream().anyMatch(l -> l.endsWith(" end")) || t.state("s").startsWith("failed"));
            List<String> said = t.world.output.stream().map(l -> l.substring("s.service sh 6 ".length())).toList();
            return said.isEmpty() ? t.world.log.toString() : String.join("|", said);
        }
    }

    @Test void usersGroupsAndCapabilities() throws Exception {
        assertEquals("65534 65534|CapEff: 0000000000000000|CapBnd: 0000000000000400|end", run("User=nobody\nCapabilityBoundingSet=CAP_NET_BIND_SERVICE",
                "echo `id -u` `id -g`; grep -E \"CapEff|CapBnd\" /proc/self/status | tr \"\\\\t\" \" \""));
        assertEquals("CapEff: 0000000000000400|NoNewPrivs: 1|end", run("User=nobody\nAmbientCapabilities=CAP_NET_BIND_SERVICE\nNoNewPrivileges=yes",
                "grep -E \"CapEff|NoNewPrivs\" /proc/self/status | tr \"\\\\t\" \" \""));
        assertEquals("CapBnd: 0000000000000000|end", run("CapabilityBoundingSet=", "grep CapBnd /proc/self/status | tr \"\\\\t\" \" \""));
    }

    @Test void fileSystem() throws Exception {
        Files.createDirectories(folder.resolve("rw"));
        Files.createDirectories(folder.resolve("hidden/x"));
        assertEquals("ro|rw|hidden|tmp|end", run("ProtectSystem=strict\nReadWritePaths=DIR/rw\nInaccessiblePaths=-DIR/none",
                "touch DIR/units/x 2>/dev/null || echo ro; touch DIR/rw/x && echo rw; touch /etc/x 2>/dev/null || echo hidden; test -d /tmp && echo tmp"));
        assertEquals("0|7|end", run("PrivateTmp=yes\nPrivateDevices=yes", "ls /tmp | wc -l; ls /dev | grep -cE \"null|zero|full|random|tty|pts\""));
        assertTrue(run("ProtectHome=yes\nProtectProc=invisible\nUser=nobody", "ls /root; ls -d /proc/1 2>&1").contains("No such file"));
    }

    @Test void systemCalls() throws Exception {
        assertEquals("refused|end", run("RestrictAddressFamilies=AF_UNIX",
                "perl -MSocket -e \"socket(S, AF_INET, SOCK_STREAM, 0) or print qq(refused\\\\n)\""));
        assertEquals("refused|end", run("SystemCallFilter=~mkdir mkdirat\nSystemCallErrorNumber=EPERM", "mkdir /tmp/units-never 2>/dev/null || echo refused"));
        assertEquals("refused|end", run("RestrictSUIDSGID=yes", "touch DIR/f; chmod u+s DIR/f 2>/dev/null || echo refused"));
        assertEquals("refused|end", run("RestrictNamespaces=yes", "unshare -n true 2>/dev/null || echo refused"));
        assertEquals("fine|end",
                run("SystemCallFilter=@system-service\nSystemCallArchitectures=native\nMemoryDenyWriteExecute=yes\nLockPersonality=yes",
                "ls / >/dev/null && echo fine"));
    }

    @Test void namespacesAndLimits() throws Exception {
        assertEquals("1|end", run("PrivateNetwork=yes", "tail -n +3 /proc/net/dev | wc -l"));
        assertEquals("77 1000|5|end", run("LimitNOFILE=77:1000\nNice=5", "echo `ulimit -Sn` `ulimit -Hn`; nice"));
        assertEquals("uid_map ok|end", run("PrivateUsers=yes\nUser=nobody", "grep -q \"65534 *65534 *1\" /proc/self/uid_map && echo uid_map ok"));
    }

    @Test void foldersAreMadeAndGone() throws Exception {
        assertEquals(folder + "/run/a|750 nobody|end", run("User=nobody\nRuntimeDirectory=a\nRuntimeDirectoryMode=0750",
                "env | grep ^RUNTIME_ | cut -d= -f2; stat -c \"%%a %%U\" DIR/run/a"));
        assertTrue(Files.notExists(folder.resolve("run/a")));
    }
}
