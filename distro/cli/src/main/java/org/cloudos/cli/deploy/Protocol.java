package org.cloudos.cli.deploy;

import com.google.gson.Gson;
import com.google.gson.JsonParseException;
import java.io.BufferedReader;
import java.io.IOException;
import java.io.InputStream;
import java.io.InputStreamReader;
import java.io.OutputStream;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.util.List;
import java.util.function.Consumer;
import org.cloudos.cli.Failure;

/** The deploy protocol, version 1: docs/ssh.md. */
public final class Protocol {
    private static final Gson GSON = new Gson();
    private static final int CHUNK = 32 * 1024;

    private record Item(String name, long size, String sha256) { }

    private record Header(int protocol, List<Item> jars, long trialMs, long drainMs) { }

    private record Event(String event, String message, Boolean ok, String error, Change change) { }

    /** One bundle's part of a change. */
    public record Step(String symbolicName, String from, String to, String sha256) { }

    /** What the change did and what it cost. */
    public record Change(long number, String at, String kind, List<Step> bundles, String outcome, String reason,
            double stallMs, long callsHeld, long callsFailed, List<String> restarted) { }

    /**
     * How it ended.
     *
     * @param error  the protocol's word for what went wrong; null when all went well
     * @param change null where nothing was tried
     */
    public record Result(boolean ok, String error, String message, Change change) { }

    private Protocol() { }

    /**
     * Sends the header and the jars.
     *
     * @param sent told how many bytes of jars were sent so far
     */
    public static void send(List<Package> jars, long trialMs, long drainMs, OutputStream out, Consumer<Long> sent)
            throws IOException {
        Header header = new Header(1, jars.stream().map(j -> new Item(j.name(), j.size(), j.sha256())).toList(), trialMs, drainMs);
        out.write((GSON.toJson(header) + "\n").getBytes(StandardCharsets.UTF_8));
        long total = 0;
        byte[] chunk = new byte[CHUNK];
        for (Package jar : jars) {
            try (InputStream in = Files.newInputStream(jar.file())) {
                for (int n = in.read(chunk); n >= 0; n = in.read(chunk)) {
                    out.write(chunk, 0, n);
                    total += n;
                    sent.accept(total);
                }
            }
        }
        out.flush();
    }

    /** Reads until the result; unknown events are passed over. */
    public static Result receive(InputStream in, Consumer<String> progress) throws IOException {
        BufferedReader lines = new BufferedReader(new InputStreamReader(in, StandardCharsets.UTF_8));
        for (String line = lines.readLine(); line != null; line = lines.readLine()) {
            Event event = parse(line);
            if ("progress".equals(event.event)) {
                progress.accept(event.message);
            } else if ("result".equals(event.event)) {
                return new Result(Boolean.TRUE.equals(event.ok), event.error, event.message, event.change);
            }
        }
        throw new Failure("The connection ended before the result came",
                "What became of it: bundle:history in the system's shell");
    }

    private static Event parse(String line) {
        try {
            Event event = GSON.fromJson(line, Event.class);
            if (event != null && event.event != null) {
                return event;
            }
        } catch (JsonParseException e) {
            // told below
        }
        throw new Failure("The other side does not speak the deploy protocol: expected a JSON event, found '"
                + line.substring(0, Math.min(line.length(), 100)) + "'", "Is it a CloudOS, and of this version?");
    }
}
