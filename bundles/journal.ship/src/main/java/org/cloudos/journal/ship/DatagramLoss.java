package org.cloudos.journal.ship;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.stream.Stream;

/** What the kernel dropped of the datagrams for a port, because nobody had read those before: {@code drops} of proc_net(5). */
final class DatagramLoss {
    private static final List<Path> TABLES = List.of(Path.of("/proc/net/udp"), Path.of("/proc/net/udp6"));

    private DatagramLoss() { }

    /** 0 where nothing can be known. */
    static long of(int port) {
        long drops = 0;
        for (Path table : TABLES) {
            try (Stream<String> lines = Files.lines(table)) {
                drops += lines.mapToLong(line -> drops(line, port)).sum();
            } catch (IOException e) {
                continue; // no such protocol here
            }
        }
        return drops;
    }

    /** A line is {@code sl local_address rem_address ... drops}; an address is {@code HEX:PORT} in hexadecimal digits. */
    static long drops(String line, int port) {
        String[] words = line.strip().split("\\s+");
        boolean ours = words.length >= 13 && words[1].endsWith(String.format(":%04X", port));
        return ours && words[words.length - 1].matches("\\d{1,18}") ? Long.parseLong(words[words.length - 1]) : 0;
    }
}
