package org.cloudos.ssh;

import java.io.EOFException;
import java.io.IOException;
import java.io.InputStream;
import java.io.OutputStream;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.security.DigestOutputStream;
import java.security.MessageDigest;
import java.security.NoSuchAlgorithmException;
import java.util.ArrayList;
import java.util.HexFormat;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import org.cloudos.kernel.swap.Change;
import org.cloudos.kernel.swap.Deployment;
import org.cloudos.kernel.swap.DeploymentException;
import org.cloudos.shell.Json;

/** The server's side of the deploy protocol, version 1; docs/ssh.md describes it. */
final class DeployProtocol {
    private static final int OK = 0;
    private static final int FAILED = 1;
    private static final int BAD_REQUEST = 2;
    private final Optional<Deployment> deployment;
    private final Path folder;

    /** @param folder for the jars while they arrive */
    DeployProtocol(Optional<Deployment> deployment, Path folder) {
        this.deployment = deployment;
        this.folder = folder;
    }

    /**
     * One request.
     *
     * @return the exit status
     */
    int serve(InputStream in, OutputStream out) throws IOException {
        Answer answer = new Answer(out);
        List<Path> files = new ArrayList<>();
        try {
            DeployRequest request = DeployRequest.read(in);
            if (deployment.isEmpty()) {
                return answer.error("not_available", "This profile has no deployment service (org.cloudos.kernel.swap)", null, FAILED);
            }
            List<Deployment.Jar> jars = new ArrayList<>();
            for (DeployRequest.Jar jar : request.jars()) {
                jars.add(receive(jar, in, files));
                answer.progress("received " + jar.name() + ", " + jar.size() + " bytes");
            }
            return answer.done(deployment.get().deploy(jars, request.options(), answer::progress));
        } catch (DeployRequest.Bad e) {
            return answer.error("bad_request", e.getMessage(), null, BAD_REQUEST);
        } catch (DeploymentException e) {
            Change change = e instanceof DeploymentException.TakenBack taken ? taken.change() : null;
            return answer.error(code(e), e.getMessage(), change, FAILED);
        } finally {
            for (Path file : files) {
                Files.deleteIfExists(file);
            }
        }
    }

    private Deployment.Jar receive(DeployRequest.Jar jar, InputStream in, List<Path> files)
            throws IOException, DeploymentException {
        MessageDigest sha256;
        try {
            sha256 = MessageDigest.getInstance("SHA-256");
        } catch (NoSuchAlgorithmException e) {
            throw new IllegalStateException(e);
        }
        Path file = store(() -> {
            Files.createDirectories(folder);
            return Files.createTempFile(folder, "incoming-", ".jar");
        });
        files.add(file);
        try (OutputStream out = new DigestOutputStream(store(() -> Files.newOutputStream(file)), sha256)) {
            copy(jar, in, out);
        }
        String found = HexFormat.of().formatHex(sha256.digest());
        if (!found.equals(jar.sha256())) {
            throw new DeploymentException.BadJar(jar.name() + ": expected SHA-256 " + jar.sha256() + ", found " + found, null);
        }
        return new Deployment.Jar(jar.name(), file, Optional.of(jar.sha256()));
    }

    private static void copy(DeployRequest.Jar jar, InputStream in, OutputStream out) throws IOException, DeploymentException {
        byte[] buffer = new byte[64 * 1024];
        for (long left = jar.size(); left > 0; ) {
            int n = in.read(buffer, 0, (int) Math.min(left, buffer.length));
            if (n < 0) {
                throw new EOFException("the connection ended " + left + " bytes before the end of " + jar.name());
            }
            store(() -> {
                out.write(buffer, 0, n);
                return null;
            });
            left -= n;
        }
    }

    private interface Write<T> {
        T run() throws IOException;
    }

    /** A full disk is the system's trouble, not the connection's. */
    private static <T> T store(Write<T> write) throws DeploymentException {
        try {
            return write.run();
        } catch (IOException e) {
            throw new DeploymentException.StoreFailed("The jar can't be stored: " + e.getMessage(), e);
        }
    }

    private static String code(DeploymentException e) {
        return switch (e) {
            case DeploymentException.BadJar bad -> "bad_jar";
            case DeploymentException.Unresolvable unresolvable -> "unresolvable";
            case DeploymentException.StoreFailed full -> "store_failed";
            case DeploymentException.TakenBack back -> "taken_back";
            case DeploymentException.NotFound none -> "bad_request";
            default -> "failed";
        };
    }

    /** Lines to the client. One that has gone doesn't stop the transaction. */
    private static final class Answer {
        private final OutputStream out;

        Answer(OutputStream out) {
            this.out = out;
        }

        void progress(String message) {
            line(Map.of("event", "progress", "message", message), true);
        }

        int done(Change change) {
            boolean ok = change.outcome() == Change.Outcome.COMMITTED;
            Map<String, Object> result = result(ok);
            if (!ok) {
                result.put("error", change.outcome() == Change.Outcome.TAKEN_BACK ? "taken_back" : "unresolvable");
                result.put("message", change.reason());
            }
            result.put("change", change);
            line(result, false);
            return ok ? OK : FAILED;
        }

        int error(String code, String message, Change change, int status) {
            Map<String, Object> result = result(false);
            result.put("error", code);
            result.put("message", message);
            if (change != null) {
                result.put("change", change);
            }
            line(result, false);
            return status;
        }

        private static Map<String, Object> result(boolean ok) {
            Map<String, Object> result = new LinkedHashMap<>();
            result.put("event", "result");
            result.put("ok", ok);
            return result;
        }

        private synchronized void line(Map<String, Object> values, boolean sorted) {
            Map<String, Object> ordered = sorted ? new java.util.TreeMap<>(values) : values;
            try {
                out.write((new Json(ordered) + "\n").getBytes(StandardCharsets.UTF_8));
                out.flush();
            } catch (IOException e) {
                return; // nobody listens any more
            }
        }
    }
}
