package org.cloudos.launcher;

import java.io.File;
import java.io.FileInputStream;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import org.osgi.framework.Constants;

/**
 * A profile's home as the assembler made it: {@code bundles.list}, {@code framework.properties} and, where the JVM is
 * known, {@code system.packages}.
 *
 * @param bundles    in the order of the list, which is the order of start within a level
 * @param properties of the framework
 */
record Profile(File home, List<Item> bundles, Map<String, String> properties) {
    /**
     * One line of {@code bundles.list}: level, kind, file, symbolic name, version, separated by tabs.
     *
     * @param connect classes come from the JVM's class path; else the bundle has a class loader of its own
     */
    record Item(int level, boolean connect, File jar, String bsn, String version) { }

    static Profile read(File home) throws IOException {
        List<Item> items = new ArrayList<>(32);
        int number = 0;
        for (String line : lines(new File(home, "bundles.list"))) {
            number++;
            if (!line.isEmpty() && line.charAt(0) != '#') {
                items.add(item(home, line, number));
            }
        }
        Map<String, String> properties = properties(new File(home, "framework.properties"));
        File packages = new File(home, SystemPackages.FILE);
        if (packages.exists()) {
            properties.putIfAbsent(Constants.FRAMEWORK_SYSTEMPACKAGES, lines(packages).get(0));
        }
        return new Profile(home, items, properties);
    }

    private static Item item(File home, String line, int number) throws IOException {
        String[] f = split(line, '\t', 5);
        if (f == null || f[0].length() != 1 || f[0].charAt(0) < '1' || f[0].charAt(0) > '9'
                || !(f[1].equals("connect") || f[1].equals("jar"))) {
            throw new IOException("bundles.list, line " + number
                    + ": expected level, connect or jar, file, symbolic name, version, with tabs between; found: " + line);
        }
        return new Item(f[0].charAt(0) - '0', f[1].equals("connect"), new File(home, f[2]), f[3], f[4]);
    }

    /** Lines {@code key=value}; # starts a comment. No escapes: values are taken as they stand. */
    private static Map<String, String> properties(File file) throws IOException {
        Map<String, String> map = new HashMap<>();
        if (file.exists()) {
            for (String line : lines(file)) {
                int eq = line.indexOf('=');
                if (eq > 0 && line.charAt(0) != '#') {
                    map.put(line.substring(0, eq).trim(), line.substring(eq + 1).trim());
                }
            }
        }
        return map;
    }

    /** All lines, without their ends. */
    static List<String> lines(File file) throws IOException {
        String text;
        try (FileInputStream in = new FileInputStream(file)) {
            text = new String(in.readAllBytes(), StandardCharsets.UTF_8);
        }
        List<String> lines = new ArrayList<>();
        int from = 0;
        while (from < text.length()) {
            int end = text.indexOf('\n', from);
            end = end < 0 ? text.length() : end;
            int last = end > from && text.charAt(end - 1) == '\r' ? end - 1 : end;
            lines.add(text.substring(from, last));
            from = end + 1;
        }
        return lines;
    }

    /** Exactly {@code count} fields; null when there are fewer or more. */
    private static String[] split(String line, char separator, int count) {
        String[] fields = new String[count];
        int from = 0;
        for (int i = 0; i < count; i++) {
            int end = i == count - 1 ? line.length() : line.indexOf(separator, from);
            if (end < from) {
                return null;
            }
            fields[i] = line.substring(from, end);
            from = end + 1;
        }
        return fields[count - 1].indexOf(separator) < 0 ? fields : null;
    }
}
