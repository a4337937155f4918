package org.cloudos.cli.fs;

import java.io.IOException;
import java.nio.channels.Channels;
import java.nio.file.Path;
import java.time.Instant;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import org.cloudos.fs.Attributes;
import org.cloudos.fs.FileSystem;
import org.cloudos.fs.FsException;
import org.cloudos.fs.Space;
import org.cloudos.fs.VolumeInfo;
import org.cloudos.fs.cloudfs.CloudFs;
import org.cloudos.fs.volume.Progress;
import org.cloudos.fs.volume.Snapshot;
import org.cloudos.fs.volume.Upkeep;

/** What can be done to an open volume, by name: so that it can be asked for from another process. Results are lists of rows. */
final class Work {
    private final CloudFs cloud;
    private final String volume;
    private final Images images;

    /** @param images the volume's, which those that are attached join */
    Work(CloudFs cloud, String volume, Images images) {
        this.images = images;
        this.cloud = cloud;
        this.volume = volume;
    }

    List<Map<String, Object>> run(Order order, Order.Exchange exchange) throws IOException {
        Progress progress = (step, done, total) -> {
            try {
                exchange.progress(total > 0 ? step + String.format(Locale.ROOT, " %.1f %%", 100.0 * done / total) : step + " " + done);
            } catch (IOException e) {
                Thread.currentThread().interrupt(); // who asked is gone: the work ends early
            }
        };
        return switch (order.what()) {
            case "df" -> List.of(space());
            case "snapshots" -> cloud.snapshots().list(volume).stream().map(Work::row).toList();
            case "snapshot" -> List.of(row(cloud.snapshots().create(volume, order.need("name"))));
            case "clone" -> List.of(row(cloud.snapshots().clone(volume, order.need("snapshot"), order.need("name"))));
            case "delete" -> done(() -> cloud.snapshots().delete(volume, order.need("name")));
            case "rollback" -> done(() -> cloud.snapshots().rollback(volume, order.need("snapshot"), order.arguments().get("keep")));
            case "send" -> done(() -> cloud.snapshots().send(volume, order.need("snapshot"), order.arguments().get("since"),
                    Channels.newChannel(exchange.output()), progress));
            case "receive" -> List.of(row(cloud.snapshots().receive(volume, Channels.newChannel(exchange.input()), order.arguments().get("name"), progress)));
            case "sync" -> done(() -> cloud.files(volume).sync());
            default -> upkeep(order, progress);
        };
    }

    private List<Map<String, Object>> upkeep(Order order, Progress progress) throws IOException {
        Upkeep upkeep = cloud.upkeep();
        return switch (order.what()) {
            case "scrub" -> scrubbed(upkeep.scrub(volume, progress));
            case "devices" -> members(upkeep);
            case "attach" -> {
                upkeep.attach(volume, images.add(Path.of(order.need("device"))), order.arguments().get("instead"),
                        Boolean.parseBoolean(order.need("force")));
                yield scrubbed(upkeep.resync(volume, progress));
            }
            case "detach" -> done(() -> upkeep.detach(volume, order.need("device")));
            case "resync" -> scrubbed(upkeep.resync(volume, progress));
            case "trim" -> List.of(Map.of("trimmedBytes", upkeep.trim(volume, progress)));
            case "resize" -> done(() -> {
                images.refresh();
                upkeep.resize(volume, Long.parseLong(order.need("bytes")), progress);
            });
            case "defragment" -> {
                long[] pieces = upkeep.defragment(volume, node(order.need("path")), progress);
                yield List.of(ordered("piecesBefore", pieces[0], "piecesAfter", pieces[1]));
            }
            case "compression" -> done(() -> upkeep.compression(volume, node(order.need("path")), order.need("codec")));
            case "quota" -> done(() -> upkeep.quota(volume, node(order.need("path")),
                    Long.parseLong(order.need("bytes")), Long.parseLong(order.need("nodes"))));
            case "quotas" -> quotas(upkeep);
            case "statistics" -> upkeep.statistics(volume).entrySet().stream().map(e -> ordered("name", e.getKey(), "value", e.getValue())).toList();
            default -> throw new IOException("there is no work '" + order.what() + "'");
        };
    }

    private List<Map<String, Object>> members(Upkeep upkeep) throws IOException {
        return upkeep.members(volume).stream().map(m -> ordered("number", m.number(), "device", m.device(), "state",
                m.state().name().toLowerCase(Locale.ROOT).replace('_', ' '), "since", m.since() == 0 ? "" : time(m.since()))).toList();
    }

    private List<Map<String, Object>> quotas(Upkeep upkeep) throws IOException {
        cloud.files(volume).sync(); // what waits in memory is counted when it is written
        List<Map<String, Object>> rows = new ArrayList<>();
        for (Upkeep.Quota q : upkeep.quotas(volume)) {
            rows.add(ordered("folder", path(q.folder()), "usedBytes", q.usedBytes(), "bytes", q.bytes(), "usedNodes", q.usedNodes(), "nodes", q.nodes()));
        }
        return rows;
    }

    private interface Step {
        void run() throws IOException;
    }

    private static List<Map<String, Object>> done(Step step) throws IOException {
        step.run();
        return List.of();
    }

    private Map<String, Object> space() throws FsException {
        FileSystem files = cloud.files(volume);
        VolumeInfo info = files.info();
        Space s = files.space();
        return ordered("volume", info.volume().toString(), "label", info.label(), "bytes", s.bytes(), "usedBytes", s.bytes() - s.free(), "freeBytes",
                s.available(), "nodes", s.nodes() - s.freeNodes());
    }

    private static List<Map<String, Object>> scrubbed(Upkeep.Scrub s) throws IOException {
        if (s.lost() > 0) {
            throw new IOException(s.lost() + " blocks have no good copy: " + String.join(", ", s.lostPlaces()) + "; " + s.repaired() + " were repaired");
        }
        return List.of(ordered("checkedBytes", s.checked(), "repaired", s.repaired(), "lost", s.lost()));
    }

    private static Map<String, Object> row(Snapshot s) {
        return ordered("number", s.number(), "name", s.name(), "parent", s.parent(), "created", time(s.created()), "writable", s.writable(),
                "identity", s.identity().toString());
    }

    private static String time(long nanos) {
        return Instant.ofEpochSecond(nanos / 1_000_000_000).toString();
    }

    static Map<String, Object> ordered(Object... namesAndValues) {
        Map<String, Object> row = new LinkedHashMap<>();
        for (int i = 0; i < namesAndValues.length; i += 2) {
            row.put((String) namesAndValues[i], namesAndValues[i + 1]);
        }
        return row;
    }

    /** The path of a folder within the volume. */
    private String path(long folder) throws IOException {
        FileSystem files = cloud.files(volume);
        String path = "";
        for (long node = folder; node != FileSystem.ROOT;) {
            long child = node;
            String[] found = {"node " + child}; // renamed meanwhile
            node = files.parent(child);
            files.list(node, 0, (name, of, _, _) -> {
                found[0] = of == child ? name : found[0];
                return of != child;
            });
            path = "/" + found[0] + path;
        }
        return path;
    }

    /** The node of a path within the volume. */
    private long node(String path) throws IOException {
        FileSystem files = cloud.files(volume);
        long node = FileSystem.ROOT;
        List<String> walked = new ArrayList<>();
        for (String name : path.split("/")) {
            if (!name.isEmpty()) {
                walked.add(name);
                Attributes next = files.lookup(node, name);
                if (next == null) {
                    throw new IOException("expected a path in the volume, found none at /" + String.join("/", walked));
                }
                node = next.node();
            }
        }
        return node;
    }
}
