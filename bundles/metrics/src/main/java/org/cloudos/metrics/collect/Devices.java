package org.cloudos.metrics.collect;

import java.nio.file.Files;
import java.nio.file.Path;
import java.util.HashMap;
import java.util.Map;
import org.cloudos.metrics.MetricSource;

/** Disks and network interfaces. Documentation/admin-guide/iostats.rst, proc(5). */
final class Devices implements MetricSource {
    /** Of each kind; a machine that has more shows the first. */
    private static final int MAX_DEVICES = 64;
    private static final double SECTOR = 512; // in /proc/diskstats whatever the disk's own is

    private final Path proc;
    private final Path block;
    private final KernelFile file = new KernelFile();
    private final Map<String, Boolean> whole = new HashMap<>();

    Devices(Path proc, Path sys) {
        this.proc = proc;
        this.block = sys.resolve("block");
    }

    @Override
    public void collect(Sink sink) {
        disks(sink);
        interfaces(sink);
        sockets(sink);
        protocols(sink);
    }

    private void disks(Sink sink) {
        if (!file.open(proc.resolve("diskstats"))) {
            return;
        }
        int devices = 0;
        for (; file.more(); file.nextLine()) {
            file.number();
            file.number();
            String name = file.word();
            long reads = file.number();
            if (reads < 0 || !isDisk(name)) {
                continue;
            }
            long mergedReads = file.number();
            long sectorsRead = file.number();
            long readMs = file.number();
            long writes = file.number();
            if (reads + writes == 0) {
                continue; // loop devices that nobody uses
            }
            if (++devices > MAX_DEVICES) {
                return;
            }
            String[] device = {"device", name};
            sink.counter("node_disk_reads_completed_total", "Reads that were completed.", reads, device);
            sink.counter("node_disk_reads_merged_total", "Reads that were merged with others.", mergedReads, device);
            sink.counter("node_disk_read_bytes_total", "Bytes read.", sectorsRead * SECTOR, device);
            sink.counter("node_disk_read_time_seconds_total", "Time of all reads.", readMs / 1e3, device);
            sink.counter("node_disk_writes_completed_total", "Writes that were completed.", writes, device);
            sink.counter("node_disk_writes_merged_total", "Writes that were merged with others.", file.number(), device);
            sink.counter("node_disk_written_bytes_total", "Bytes written.", file.number() * SECTOR, device);
            sink.counter("node_disk_write_time_seconds_total", "Time of all writes.", file.number() / 1e3, device);
            sink.gauge("node_disk_io_now", "Requests under way.", file.number(), device);
            sink.counter("node_disk_io_time_seconds_total", "Time in which the disk was busy.", file.number() / 1e3, device);
        }
    }

    /** Whole disks have a folder in /sys/block, partitions have none. */
    private boolean isDisk(String name) {
        if (whole.size() > 1024) {
            whole.clear();
        }
        return whole.computeIfAbsent(name, n -> !Files.isDirectory(block) || Files.isDirectory(block.resolve(n.replace('/', '!'))));
    }

    private void interfaces(Sink sink) {
        if (!file.open(proc.resolve("net/dev"))) {
            return;
        }
        file.nextLine();
        file.nextLine();
        for (int devices = 0; file.more() && devices < MAX_DEVICES; file.nextLine(), devices++) {
            String name = file.until(':');
            if (!name.isEmpty()) {
                direction(sink, "receive", name);
                file.number(); // fifo, frame, compressed, multicast
                file.number();
                file.number();
                file.number();
                direction(sink, "transmit", name);
            }
        }
    }

    private void direction(Sink sink, String way, String name) {
        String prefix = "node_network_" + way;
        long bytes = file.number();
        if (bytes < 0) {
            return;
        }
        sink.counter(prefix + "_bytes_total", "Bytes, " + way + ".", bytes, "device", name);
        sink.counter(prefix + "_packets_total", "Packets, " + way + ".", file.number(), "device", name);
        sink.counter(prefix + "_errs_total", "Errors, " + way + ".", file.number(), "device", name);
        sink.counter(prefix + "_drop_total", "Packets that were dropped, " + way + ".", file.number(), "device", name);
    }

    private void sockets(Sink sink) {
        for (String source : new String[] {"net/sockstat", "net/sockstat6"}) {
            if (!file.open(proc.resolve(source))) {
                continue;
            }
            for (; file.more(); file.nextLine()) {
                String protocol = file.until(':');
                if (!protocol.equals("TCP") && !protocol.equals("UDP") && !protocol.equals("TCP6") && !protocol.equals("UDP6")) {
                    continue;
                }
                for (String key = file.word(); !key.isEmpty(); key = file.word()) {
                    long value = file.number();
                    if (value >= 0 && !key.equals("mem")) {
                        sink.gauge("node_sockstat_" + protocol.toLowerCase(java.util.Locale.ROOT) + "_" + key,
                                "Sockets: " + protocol + " " + key + " of /proc/net/" + source.substring(4) + ".", value);
                    }
                }
            }
        }
    }

    private void protocols(Sink sink) {
        if (!file.open(proc.resolve("net/snmp"))) {
            return;
        }
        String[] names = new String[0];
        while (file.more()) {
            String protocol = file.until(':');
            if (!protocol.equals("Tcp") && !protocol.equals("Udp")) {
                file.nextLine();
                continue;
            }
            if (names.length == 0) {
                names = file.until('\n').split(" ");
                continue;
            }
            for (String name : names) {
                String exported = COUNTED.get(protocol + name);
                String word = file.word();
                if (exported != null && word.matches("\\d{1,18}")) {
                    sink.counter("node_netstat_" + exported + "_total", protocol + " " + name + " of /proc/net/snmp.", Long.parseLong(word));
                }
            }
            names = new String[0];
            file.nextLine();
        }
    }

    private static final Map<String, String> COUNTED = Map.of("TcpActiveOpens", "tcp_active_opens", "TcpPassiveOpens", "tcp_passive_opens",
            "TcpAttemptFails", "tcp_attempt_fails", "TcpEstabResets", "tcp_estab_resets", "TcpRetransSegs", "tcp_retrans_segs",
            "TcpInErrs", "tcp_in_errs", "UdpInErrors", "udp_in_errors", "UdpNoPorts", "udp_no_ports", "UdpRcvbufErrors", "udp_rcvbuf_errors");
}
