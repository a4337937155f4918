package org.cloudos.config;

/**
 * One setting as it is in force.
 *
 * @param key   {@code SECTION.NAME}, with the section's short name where it has one
 * @param value a {@code String}, {@code Boolean}, {@code Number}, or an immutable {@code List} of them; a reference to a
 *              secret stands as it was written ({@code ${file:/run/secrets/token}})
 */
public record Setting(String key, Object value, Source source) { }
