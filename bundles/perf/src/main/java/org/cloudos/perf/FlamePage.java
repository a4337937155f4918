package org.cloudos.perf;

import java.io.IOException;
import java.io.InputStream;
import java.nio.charset.StandardCharsets;
import java.util.LinkedHashMap;
import java.util.Map;

/** A page with flame graphs that needs nothing but itself: data as JSON, drawn by its own script. */
final class FlamePage {
    /** Frames that are narrower than this share of all are left out. */
    private static final double SMALLEST = 0.0005;
    private static final int MAX_FRAMES = 50_000;

    private final Map<String, Integer> names = new LinkedHashMap<>();
    private int frames;

    private FlamePage() { }

    /**
     * Makes the page.
     *
     * @param title  plain text
     * @param graphs name of each and its root; the number's unit stands in the name
     */
    static String of(String title, Map<String, Frame> graphs) throws IOException {
        FlamePage page = new FlamePage();
        StringBuilder data = new StringBuilder("[");
        graphs.forEach((name, root) -> {
            data.append(data.length() > 1 ? "," : "").append('[');
            text(data, name);
            data.append(',');
            page.frames = 0;
            page.write(data, root, (long) Math.ceil(root.total() * SMALLEST));
            data.append(']');
        });
        data.append(']');
        StringBuilder dictionary = new StringBuilder("[");
        page.names.keySet().forEach(name -> {
            dictionary.append(dictionary.length() > 1 ? "," : "");
            text(dictionary, name);
        });
        dictionary.append(']');
        return resource().replace("@TITLE@", html(title)).replace("@NAMES@", dictionary).replace("@GRAPHS@", data);
    }

    /** {@code [name, bundle, total, child, child ...]}; names are numbers of the dictionary. */
    private void write(StringBuilder out, Frame frame, long smallest) {
        frames++;
        out.append('[').append(number(frame.name())).append(',').append(number(frame.bundle())).append(',').append(frame.total());
        for (Frame child : frame.children()) {
            if (child.total() >= smallest && frames < MAX_FRAMES) {
                out.append(',');
                write(out, child, smallest);
            }
        }
        out.append(']');
    }

    private int number(String name) {
        return names.computeIfAbsent(name, n -> names.size());
    }

    /** A JSON text that can stand within a script: no {@code <}, so no end of it. */
    private static void text(StringBuilder out, String text) {
        out.append('"');
        for (char c : text.toCharArray()) {
            if (c < ' ' || c == '"' || c == '\\' || c == '<' || c == '>' || c == '&' || c > '~') {
                out.append(String.format("\\u%04x", (int) c));
            } else {
                out.append(c);
            }
        }
        out.append('"');
    }

    private static String html(String text) {
        return text.replace("&", "&amp;").replace("<", "&lt;").replace(">", "&gt;");
    }

    private static String resource() throws IOException {
        try (InputStream in = FlamePage.class.getResourceAsStream("flame.html")) {
            if (in == null) {
                throw new IOException("the bundle lacks flame.html");
            }
            return new String(in.readAllBytes(), StandardCharsets.UTF_8);
        }
    }
}
