package org.cloudos.metrics.collect;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Arrays;
import java.util.Map;
import java.util.Random;
import java.util.TreeMap;
import org.cloudos.metrics.MetricSource;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** The collectors over folders that look like /proc and /sys. */
class CollectorsTest {
    @TempDir Path folder;
    private Path proc;
    private Path sys;
    private final Map<String, Double> told = new TreeMap<>();
    private final MetricSource.Sink sink = new MetricSource.Sink() {
        @Override public void counter(String name, String help, double value, String... labels) {
            told.put(name + Arrays.toString(labels), value);
        }

        @Override public void gauge(String name, String help, double value, String... labels) {
            told.put(name + Arrays.toString(labels), value);
        }
    };

    @BeforeEach void folders() throws IOException {
        proc = Files.createDirectories(folder.resolve("proc"));
        sys = Files.createDirectories(folder.resolve("sys"));
    }

    private void file(Path root, String name, String text) throws IOException {
        Path file = root.resolve(name);
        Files.createDirectories(file.getParent());
        Files.writeString(file, text);
    }

    private void collect() {
        told.clear();
        Collectors.of(proc, sys).forEach(c -> c.collect(sink));
    }

    private double told(String key) {
        assertTrue(told.containsKey(key), () -> key + " is not in " + told.keySet());
        return told.get(key);
    }

    @Test void theMachine() throws IOException {
        file(proc, "stat", "cpu  5 0 0 0 0 0 0 0 0 0\ncpu0 123 4 56 7890 1 2 3 4 0 0\nintr 99 1 2 3\nctxt 1234\nbtime 1700000000\nprocesses 42\n"
                + "procs_running 2\nprocs_blocked 1\nsoftirq 5 5 5\n");
        file(proc, "loadavg", "0.50 1.25 2.00 3/456 789\n");
        file(proc, "meminfo", "MemTotal:       1000 kB\nMemAvailable:    400 kB\nHugePages_Total:       0\nCommitted_AS:   77 kB\n");
        file(proc, "pressure/io", "some avg10=0.00 avg60=0.06 avg300=0.11 total=45234433\nfull avg10=0.00 avg60=0.02 avg300=0.03 total=13979606\n");
        file(proc, "vmstat", "nr_free_pages 5\npgfault 100\noom_kill 3\n");
        collect();
        assertEquals(1.23, told("node_cpu_seconds_total[cpu, 0, mode, user]"));
        assertEquals(78.9, told("node_cpu_seconds_total[cpu, 0, mode, idle]"));
        assertEquals(0.5, told("node_load1[]"));
        assertEquals(456, told("node_threads[]"));
        assertEquals(400 * 1024, told("node_memory_mem_available_bytes[]"));
        assertEquals(45.234433, told("node_pressure_io_waiting_seconds_total[]"));
        assertEquals(13.979606, told("node_pressure_io_stalled_seconds_total[]"));
        assertEquals(3, told("node_vmstat_oom_kill_total[]"));
        assertFalse(told.keySet().stream().anyMatch(k -> k.startsWith("node_pressure_memory")), "absent: left out, not faked");
    }

    @Test void devices() throws IOException {
        Files.createDirectories(sys.resolve("block/vda"));
        file(proc, "diskstats", " 254 0 vda 100 5 2000 300 50 6 4000 700 1 900 1000 0 0 0 0\n"
                + " 254 1 vda1 9 9 9 9 9 9 9 9 9 9 9\n 7 0 loop0 0 0 0 0 0 0 0 0 0 0 0\n");
        file(proc, "net/dev", "Inter-|   Receive  |  Transmit\n face |bytes packets\n  eth0: 11 12 13 14 15 16 17 18 21 22 23 24 25 26 27 28\n"
                + "  lo:1 2 0 0 0 0 0 0 3 4 0 0 0 0 0 0\n");
        file(proc, "net/sockstat", "sockets: used 17\nTCP: inuse 1 orphan 0 tw 5 alloc 1 mem 0\nUDP: inuse 0 mem 0\n");
        file(proc, "net/snmp", "Ip: Forwarding\nIp: 1\nTcp: RtoMin ActiveOpens RetransSegs\nTcp: 200 2145 96\nUdp: NoPorts\nUdp: 7\n");
        collect();
        assertEquals(2000 * 512, told("node_disk_read_bytes_total[device, vda]"));
        assertEquals(0.9, told("node_disk_io_time_seconds_total[device, vda]"));
        assertFalse(told.keySet().stream().anyMatch(k -> k.contains("vda1") || k.contains("loop0")));
        assertEquals(11, told("node_network_receive_bytes_total[device, eth0]"));
        assertEquals(21, told("node_network_transmit_bytes_total[device, eth0]"));
        assertEquals(3, told("node_network_transmit_bytes_total[device, lo]"));
        assertEquals(5, told("node_sockstat_tcp_tw[]"));
        assertEquals(96, told("node_netstat_tcp_retrans_segs_total[]"));
        assertEquals(7, told("node_netstat_udp_no_ports_total[]"));
    }

    @Test void groupsOfVersion2() throws IOException {
        file(sys, "fs/cgroup/cgroup.controllers", "cpu memory");
        file(sys, "fs/cgroup/units.slice/web.service/cpu.stat", "usage_usec 2500000\n"
                + "user_usec 2000000\nsystem_usec 500000\nnr_periods 0\nthrottled_usec 7\n");
        file(sys, "fs/cgroup/units.slice/web.service/memory.current", "4096\n");
        file(sys, "fs/cgroup/units.slice/web.service/memory.max", "max\n");
        file(sys, "fs/cgroup/units.slice/web.service/memory.events", "low 0\noom_kill 2\n");
        file(sys, "fs/cgroup/units.slice/web.service/io.stat", "8:0 rbytes=10 wbytes=20 rios=1 wios=1 dbytes=0 dios=0\n8:16 rbytes=1 wbytes=2\n");
        file(sys, "fs/cgroup/units.slice/web.service/cpu.pressure", "some avg10=0.00 avg60=0.00 avg300=0.00 total=1000000\n"
                + "full avg10=0 avg60=0 avg300=0 total=5\n");
        collect();
        String group = "[cgroup, /units.slice/web.service]";
        assertEquals(2.5, told("cgroup_cpu_seconds_total" + group));
        assertEquals(4096, told("cgroup_memory_usage_bytes" + group));
        assertFalse(told.containsKey("cgroup_memory_limit_bytes" + group), "no limit is no number");
        assertEquals(2, told("cgroup_memory_events_total[cgroup, /units.slice/web.service, event, oom_kill]"));
        assertEquals(11, told("cgroup_io_read_bytes_total" + group));
        assertEquals(1, told("cgroup_pressure_cpu_waiting_seconds_total" + group));
    }

    @Test void groupsOfVersion1AndOfBoth() throws IOException {
        file(sys, "fs/cgroup/unified/cgroup.controllers", "");
        file(sys, "fs/cgroup/unified/a/cpu.stat", "usage_usec 1000000\n");
        file(sys, "fs/cgroup/cpuacct/a/cpuacct.usage", "3000000000\n");
        file(sys, "fs/cgroup/cpuacct/b/cpuacct.usage", "2000000000\n");
        file(sys, "fs/cgroup/memory/a/memory.usage_in_bytes", "123\n");
        file(sys, "fs/cgroup/memory/a/memory.limit_in_bytes", "9223372036854771712\n");
        file(sys, "fs/cgroup/blkio/b/blkio.throttle.io_service_bytes", "8:0 Read 5\n8:0 Write 6\n8:16 Read 7\nTotal 18\n");
        collect();
        assertEquals(1, told("cgroup_cpu_seconds_total[cgroup, /a]"), "version 2 tells it");
        assertEquals(2, told("cgroup_cpu_seconds_total[cgroup, /b]"));
        assertEquals(123, told("cgroup_memory_usage_bytes[cgroup, /a]"));
        assertFalse(told.containsKey("cgroup_memory_limit_bytes[cgroup, /a]"));
        assertEquals(12, told("cgroup_io_read_bytes_total[cgroup, /b]"));
    }

    @Test void manyGroupsAreBounded() throws IOException {
        file(sys, "fs/cgroup/cgroup.controllers", "memory");
        for (int i = 0; i < 1000; i++) {
            file(sys, "fs/cgroup/g" + i + "/memory.current", "1\n");
        }
        collect();
        assertEquals(200, told.keySet().stream().filter(k -> k.startsWith("cgroup_memory_usage_bytes")).count());
    }

    @Test void nothingOfAllThisIsThere() {
        collect();
        assertTrue(told.containsKey("jvm_threads_current[]"));
        assertFalse(told.keySet().stream().anyMatch(k -> k.startsWith("node_cpu") || k.startsWith("cgroup_")));
    }

    @Test void rubbishInTheFilesThrowsNothing() throws IOException {
        Random random = new Random(1);
        for (int i = 0; i < 200; i++) {
            for (String name : new String[] {"stat", "loadavg", "meminfo", "vmstat", "pressure/io", "diskstats", "net/dev", "net/sockstat", "net/snmp",
                "self/mounts", "self/status"}) {
                StringBuilder text = new StringBuilder(name.equals("stat") ? "cpu0 " : "");
                for (int j = random.nextInt(80); j > 0; j--) {
                    text.append("Tcp: eth0 some=5 -1\n\t 99999999999999999999 cpu0 kB\u0000\u00ff".charAt(random.nextInt(50)));
                }
                file(proc, name, text.toString());
            }
            collect();
        }
    }

    @Test void mountPointsAreWrittenWithEscapes() {
        assertEquals("/a b\\c", FileSystems.unescaped("/a\\040b\\134c"));
    }
}
