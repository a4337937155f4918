package org.cloudos.image.qemu;

import com.google.gson.JsonObject;

/**
 * Something that the guest reports: {@code prompt} and {@code ready} (ms since power-on by the guest's clock),
 * {@code exec} (index, ok, command), {@code rescue} (reason), {@code exit} (code, from init also reason).
 *
 * @param nanos {@link System#nanoTime} when it came
 */
public record StatusEvent(String name, JsonObject fields, long nanos) {
    /** @return a whole number, or the other value when there is none */
    public int number(String field, int otherwise) {
        try {
            return fields.has(field) ? fields.get(field).getAsInt() : otherwise;
        } catch (NumberFormatException | UnsupportedOperationException | IllegalStateException e) {
            return otherwise;
        }
    }

    public String text(String field) {
        return fields.has(field) && fields.get(field).isJsonPrimitive() ? fields.get(field).getAsString() : "";
    }
}
