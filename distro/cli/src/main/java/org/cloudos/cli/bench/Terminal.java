package org.cloudos.cli.bench;

import java.io.IOException;
import java.io.InputStream;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.List;
import java.util.Map;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.locks.LockSupport;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import java.util.stream.Stream;

/**
 * A program on a pseudo-terminal of its own, made by {@code script(1)}, so that shells behave as they do for a
 * person. Not thread-safe.
 */
final class Terminal implements AutoCloseable {
    private final Process process;
    private final long begin = System.nanoTime();
    private final StringBuilder seen = new StringBuilder();

    Terminal(String command, Path folder, Map<String, String> environment) throws IOException {
        ProcessBuilder builder = new ProcessBuilder(List.of("script", "-qefc", "stty rows 50 columns 200; exec " + command, "/dev/null"))
                .directory(folder.toFile()).redirectErrorStream(true);
        builder.environment().put("TERM", "xterm");
        builder.environment().putAll(environment);
        process = builder.start();
    }

    /**
     * Waits until the program has printed this.
     *
     * @return time since the program was started
     */
    Duration await(String text, Duration limit) throws IOException {
        awaitMatch(Pattern.compile(Pattern.quote(text)), limit);
        return Duration.ofNanos(System.nanoTime() - begin);
    }

    /**
     * Waits until the program has printed something like this.
     *
     * @return what matched
     */
    String awaitMatch(Pattern pattern, Duration limit) throws IOException {
        InputStream in = process.getInputStream();
        byte[] buffer = new byte[8192];
        long end = System.nanoTime() + limit.toNanos();
        for (Matcher matcher = pattern.matcher(seen); !matcher.find(); matcher.reset()) {
            if (System.nanoTime() > end) {
                throw new IOException("\"" + pattern + "\" did not come within " + limit + "; the last lines:\n" + tail());
            }
            if (in.available() > 0) {
                seen.append(new String(buffer, 0, in.read(buffer), StandardCharsets.UTF_8));
            } else if (process.isAlive()) {
                LockSupport.parkNanos(1_000_000);
            } else {
                throw new IOException("it ended without printing \"" + pattern + "\"; the last lines:\n" + tail());
            }
        }
        Matcher found = pattern.matcher(seen);
        return found.find() ? found.group() : "";
    }

    /** What was printed so far is not waited for any more. */
    void forget() {
        seen.setLength(0);
    }

    /** Types this line. */
    void type(String line) throws IOException {
        process.getOutputStream().write((line + "\n").getBytes(StandardCharsets.UTF_8));
        process.getOutputStream().flush();
    }

    /** Resident memory in bytes of the program and all that it started, without {@code script} itself. */
    long residentBytes() throws IOException {
        long sum = 0;
        for (ProcessHandle child : (Iterable<ProcessHandle>) process.descendants()::iterator) {
            sum += resident(child.pid());
        }
        return sum;
    }

    /** Resident memory in bytes of its JVM: the largest of the programs that run on it. */
    long residentJava() throws IOException {
        long most = 0;
        for (ProcessHandle child : (Iterable<ProcessHandle>) process.descendants()::iterator) {
            most = Math.max(most, resident(child.pid()));
        }
        return most;
    }

    /** Waits until the program has ended by itself. */
    void awaitEnd(Duration limit) throws IOException {
        InputStream in = process.getInputStream();
        byte[] buffer = new byte[8192];
        long end = System.nanoTime() + limit.toNanos();
        while (process.isAlive() || in.available() > 0) {
            if (System.nanoTime() > end) {
                throw new IOException("it still runs after " + limit + "; the last lines:\n" + tail());
            }
            if (in.available() > 0) {
                seen.append(new String(buffer, 0, in.read(buffer), StandardCharsets.UTF_8));
            } else {
                LockSupport.parkNanos(1_000_000);
            }
        }
    }

    private static long resident(long pid) throws IOException {
        try (Stream<String> lines = Files.lines(Path.of("/proc/" + pid + "/status"))) {
            return lines.filter(l -> l.startsWith("VmRSS:"))
                    .mapToLong(l -> Long.parseLong(l.replaceAll("\\D", "")) * 1024).findFirst().orElse(0);
        } catch (java.nio.file.NoSuchFileException e) {
            return 0; // it ended meanwhile
        }
    }

    private String tail() {
        return seen.substring(Math.max(0, seen.length() - 800));
    }

    @Override
    public void close() {
        List<ProcessHandle> children = process.descendants().toList();
        process.destroy();
        children.forEach(ProcessHandle::destroy);
        try {
            process.waitFor(20, TimeUnit.SECONDS);
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
        }
        process.destroyForcibly();
        children.forEach(ProcessHandle::destroyForcibly);
    }
}
