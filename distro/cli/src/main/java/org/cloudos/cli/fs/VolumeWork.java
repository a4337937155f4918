package org.cloudos.cli.fs;

import java.io.IOException;
import java.io.InputStream;
import java.io.OutputStream;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import org.cloudos.cli.Console;
import org.cloudos.cli.Failure;
import org.cloudos.cli.Progress;
import org.cloudos.cli.Table;
import org.cloudos.fs.FsException;
import org.cloudos.fs.cloudfs.CloudFs;

/** Has an order carried out where the volume is: in the process that serves its mount, else here. */
public final class VolumeWork {
    /** What can be done with an image that can't be written. */
    private static final Set<String> READS = Set.of("df", "snapshots", "send", "devices", "quotas", "statistics");

    private final Console console;
    private final Path mirror;
    private final Path passphrase;
    private final boolean degraded;

    /** @param mirror the second image, or null; {@code passphrase} a file, or null; {@code degraded} one image of a mirror goes on alone */
    public VolumeWork(Console console, Path mirror, Path passphrase, boolean degraded) {
        this.degraded = degraded;
        this.console = console;
        this.mirror = mirror;
        this.passphrase = passphrase;
    }

    /** Does it, with a line that shows how far it has come. @param arguments names and values in turn; null values are left out */
    public List<Map<String, Object>> run(Path place, String title, InputStream in, OutputStream out, String what, String... arguments)
            throws IOException {
        Map<String, String> named = new HashMap<>();
        for (int i = 0; i < arguments.length; i += 2) {
            if (arguments[i + 1] != null) {
                named.put(arguments[i], arguments[i + 1]);
            }
        }
        Order order = new Order(what, named);
        Optional<Mounted> mounted = Mounted.find(place);
        if (title == null) {
            return mounted.isPresent() ? Control.ask(Path.of(mounted.get().socket()), order, here(null, in, out)) : local(place, order, here(null, in, out));
        }
        try (Progress progress = console.progress(title)) {
            Order.Exchange here = here(progress, in, out);
            List<Map<String, Object>> rows = mounted.isPresent() ? Control.ask(Path.of(mounted.get().socket()), order, here) : local(place, order, here);
            progress.done("");
            return rows;
        }
    }

    private static Order.Exchange here(Progress progress, InputStream in, OutputStream out) {
        return new Order.Exchange() {
            @Override public void progress(String text) {
                if (progress != null) {
                    progress.step(text);
                }
            }

            @Override public OutputStream output() {
                return out;
            }

            @Override public InputStream input() {
                return in;
            }
        };
    }

    private List<Map<String, Object>> local(Path place, Order order, Order.Exchange here) throws IOException {
        List<Path> paths = new ArrayList<>(List.of(place));
        if (mirror != null) {
            paths.add(mirror);
        }
        boolean readOnly = READS.contains(order.what()) && !paths.stream().allMatch(Files::isWritable);
        try (Images images = Images.open(paths, readOnly); CloudFs cloud = new CloudFs()) {
            Map<String, String> options = new HashMap<>();
            if (readOnly) {
                options.put("ro", "");
            }
            if (passphrase != null) {
                options.put("passphrase-file", passphrase.toString());
            }
            if (degraded) {
                options.put("degraded", "");
            }
            String volume = cloud.volumes().open(images.devices(), options);
            List<Map<String, Object>> rows = new Work(cloud, volume, images).run(order, here);
            cloud.type().close(volume, true);
            return rows;
        } catch (FsException e) {
            throw new Failure(e.getMessage());
        }
    }

    /** Prints rows: as a table, or as JSON. */
    public void show(List<Map<String, Object>> rows, boolean json) {
        show(console, rows, json);
    }

    static void show(Console console, List<Map<String, Object>> rows, boolean json) {
        if (json) {
            console.json(rows);
        } else if (!rows.isEmpty()) {
            Table table = new Table(rows.getFirst().keySet().stream().map(VolumeWork::head).toArray(String[]::new));
            rows.forEach(r -> table.row(r.entrySet().stream().map(e -> cell(e.getKey(), e.getValue())).toArray()));
            console.print(table.toString());
        }
    }

    private static String head(String name) {
        return name.replaceFirst("Bytes$", "").replaceAll("([a-z])([A-Z])", "$1 $2").toUpperCase(Locale.ROOT);
    }

    private static Object cell(String name, Object value) {
        if (value instanceof Number n) {
            return name.toLowerCase(Locale.ROOT).endsWith("bytes") ? Sizes.human(n.doubleValue()) : String.valueOf(n.longValue());
        }
        return value;
    }
}
