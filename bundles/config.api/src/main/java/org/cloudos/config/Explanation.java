package org.cloudos.config;

import java.util.List;

/**
 * All that is known of one key.
 *
 * @param type        {@code integer}, {@code string} ...; with {@code []} for lists
 * @param allowed     range or options, in words; empty for any
 * @param description from the bundle's Metatype
 * @param bundle      that declares it; empty where none does
 * @param value       in force; null when it is not set and has no default
 * @param layers      that give a value, the winning one last
 */
public record Explanation(String key, String pid, String name, String type, boolean required, String allowed, String description,
        String bundle, Object value, List<Setting> layers) { }
