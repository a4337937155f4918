package org.cloudos.config;

/**
 * What is wrong with a value, a key or a file.
 *
 * @param source  where; null where it is nowhere in particular
 * @param key     empty where the whole file is meant
 * @param message expected, found, what to do
 */
public record Problem(Severity severity, Source source, String key, String message) {
    /** An error keeps a change from being applied. */
    public enum Severity { ERROR, WARNING }

    /** An error. */
    public static Problem error(Source source, String key, String message) {
        return new Problem(Severity.ERROR, source, key, message);
    }

    /** A warning. */
    public static Problem warning(Source source, String key, String message) {
        return new Problem(Severity.WARNING, source, key, message);
    }

    /** {@code conf.d/10-site.yaml:3:5: ssh.prot: unknown; did you mean ssh.port?} */
    @Override public String toString() {
        return (source == null ? "" : source + ": ") + (key.isEmpty() ? "" : key + ": ") + message;
    }
}
