package org.cloudos.test.system;

import com.google.gson.JsonElement;
import com.google.gson.JsonObject;
import com.google.gson.JsonParser;
import java.io.IOException;
import java.net.URI;
import java.net.http.HttpClient;
import java.net.http.HttpRequest;
import java.net.http.HttpResponse;
import java.net.http.WebSocket;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.Base64;
import java.util.List;
import java.util.Map;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CompletionStage;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicInteger;

/** Chromium without a window, driven by the DevTools protocol. */
final class Browser implements AutoCloseable {
    private static final Duration LIMIT = Limits.COMMAND;

    private final Process process;
    private final WebSocket socket;
    private final AtomicInteger last = new AtomicInteger();
    private final Map<Integer, CompletableFuture<JsonObject>> open = new ConcurrentHashMap<>();
    /** What pages complained about: errors of scripts, and what the content security policy stopped. */
    private final List<String> complaints = java.util.Collections.synchronizedList(new ArrayList<>());

    /** The program; null where there is none. */
    static Path program() {
        return List.of("/usr/bin/chromium", "/usr/bin/chromium-browser", "/usr/bin/google-chrome").stream().map(Path::of)
                .filter(Files::isExecutable).findFirst().orElse(null);
    }

    Browser(Path home) throws Exception {
        Path profile = Files.createDirectories(home.resolve("chromium"));
        process = new ProcessBuilder(program().toString(), "--headless=new", "--no-sandbox", "--disable-gpu", "--disable-dev-shm-usage",
                "--ignore-certificate-errors", "--hide-scrollbars", "--no-first-run", "--disable-background-networking",
                "--remote-debugging-port=0", "--user-data-dir=" + profile, "about:blank")
                .redirectErrorStream(true).redirectOutput(home.resolve("chromium.log").toFile()).start();
        Path file = profile.resolve("DevToolsActivePort");
        Instant limit = Instant.now().plus(LIMIT);
        while (!Files.exists(file) || Files.readAllLines(file).size() < 2) {
            if (!process.isAlive() || Instant.now().isAfter(limit)) {
                throw new IOException("Chromium does not start: " + Files.readString(home.resolve("chromium.log")));
            }
            Thread.sleep(50);
        }
        HttpClient client = HttpClient.newHttpClient();
        String port = Files.readAllLines(file).getFirst();
        String target = null;
        while (target == null) {
            String list = client.send(HttpRequest.newBuilder(URI.create("http://127.0.0.1:" + port + "/json/list")).build(),
                    HttpResponse.BodyHandlers.ofString()).body();
            for (JsonElement one : JsonParser.parseString(list).getAsJsonArray()) {
                if (one.getAsJsonObject().get("type").getAsString().equals("page")) {
                    target = one.getAsJsonObject().get("webSocketDebuggerUrl").getAsString();
                }
            }
        }
        socket = client.newWebSocketBuilder().buildAsync(URI.create(target), new Listener()).get(LIMIT.toSeconds(), TimeUnit.SECONDS);
        send("Page.enable", Map.of());
        send("Runtime.enable", Map.of());
        send("Log.enable", Map.of());
    }

    private final class Listener implements WebSocket.Listener {
        private final StringBuilder text = new StringBuilder();

        @Override public CompletionStage<?> onText(WebSocket webSocket, CharSequence data, boolean end) {
            text.append(data);
            if (end) {
                JsonObject message = JsonParser.parseString(text.toString()).getAsJsonObject();
                text.setLength(0);
                receive(message);
            }
            webSocket.request(1);
            return null;
        }
    }

    private void receive(JsonObject message) {
        if (message.has("id")) {
            open.remove(message.get("id").getAsInt()).complete(message);
            return;
        }
        String method = message.get("method").getAsString();
        String text = message.toString();
        boolean refusedLogin = text.contains("\"source\":\"network\"") && text.contains("/login\""); // the answer 401 to a wrong password
        if (method.equals("Runtime.exceptionThrown") || method.equals("Log.entryAdded") && text.contains("\"level\":\"error\"") && !refusedLogin) {
            complaints.add(message.get("params").toString());
        }
    }

    JsonObject send(String method, Map<String, ?> parameters) throws Exception {
        int id = last.incrementAndGet();
        CompletableFuture<JsonObject> answer = new CompletableFuture<>();
        open.put(id, answer);
        JsonObject message = new JsonObject();
        message.addProperty("id", id);
        message.addProperty("method", method);
        message.add("params", new com.google.gson.Gson().toJsonTree(parameters));
        socket.sendText(message.toString(), true).get(LIMIT.toSeconds(), TimeUnit.SECONDS);
        JsonObject received = answer.get(LIMIT.toSeconds(), TimeUnit.SECONDS);
        if (received.has("error")) {
            throw new IOException(method + ": " + received.get("error"));
        }
        return received.getAsJsonObject("result");
    }

    void go(String address) throws Exception {
        send("Page.navigate", Map.of("url", address));
    }

    /** Evaluates a script and returns its value. */
    JsonElement eval(String script) throws Exception {
        JsonObject result = send("Runtime.evaluate", Map.of("expression", script, "awaitPromise", true, "returnByValue", true));
        if (result.has("exceptionDetails")) {
            throw new IOException(script + ": " + result.get("exceptionDetails"));
        }
        JsonElement value = result.getAsJsonObject("result").get("value");
        return value == null ? com.google.gson.JsonNull.INSTANCE : value;
    }

    /** Waits until a script's value is true. */
    void await(String script) throws Exception {
        Instant limit = Instant.now().plus(LIMIT);
        while (true) {
            try {
                if (eval("Boolean(" + script + ")").getAsBoolean()) {
                    return;
                }
            } catch (IOException e) {
                if (Instant.now().isAfter(limit)) {
                    throw e; // a page on its way has no document yet
                }
            }
            if (Instant.now().isAfter(limit)) {
                throw new AssertionError("still not so after " + LIMIT + ": " + script + "\n" + eval("document.body.innerText") + complaints);
            }
            Thread.sleep(100);
        }
    }

    /** Presses a key as a person would. */
    void press(String key, int code) throws Exception {
        for (String type : List.of("keyDown", "keyUp")) {
            send("Input.dispatchKeyEvent", Map.of("type", type, "key", key, "code", key, "windowsVirtualKeyCode", code,
                    "text", key.equals("Enter") && type.equals("keyDown") ? "\r" : ""));
        }
    }

    void size(int width, int height, boolean dark) throws Exception {
        send("Emulation.setDeviceMetricsOverride", Map.of("width", width, "height", height, "deviceScaleFactor", 1, "mobile", false));
        send("Emulation.setEmulatedMedia", Map.of("features", List.of(Map.of("name", "prefers-color-scheme", "value", dark ? "dark" : "light"))));
    }

    void screenshot(Path file) throws Exception {
        String data = send("Page.captureScreenshot", Map.of("format", "png")).get("data").getAsString();
        Files.write(file, Base64.getDecoder().decode(data));
    }

    List<String> complaints() {
        return List.copyOf(complaints);
    }

    @Override
    public void close() {
        socket.abort();
        process.descendants().forEach(ProcessHandle::destroyForcibly);
        process.destroyForcibly().onExit().join();
    }
}
