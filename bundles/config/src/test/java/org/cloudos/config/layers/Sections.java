package org.cloudos.config.layers;

import java.util.List;
import java.util.Map;
import java.util.TreeMap;
import org.cloudos.config.schema.Attribute;
import org.cloudos.config.schema.Schema;
import org.cloudos.config.schema.Section;
import org.cloudos.config.schema.Type;

/** A schema to test with. */
public final class Sections {
    private Sections() { }

    /** {@code ssh}, {@code http}, the factory {@code timer}. */
    public static Schema schema() {
        return new Schema(List.of(
                section("ssh", "org.cloudos.ssh", false, integer("port", "2222", "0", "65535"), text("address", ""),
                        new Attribute("keys", "keys", Type.STRING, 3, false, List.of(), "", "", Map.of(), "Keys", ""),
                        new Attribute("token", "token", Type.PASSWORD, 0, false, List.of(), "", "", Map.of(), "Token", "")),
                section("http", "org.apache.felix.http", false,
                        new Attribute("org.osgi.service.http.port", "port", Type.INTEGER, 0, true, List.of("8080"), "", "65535", Map.of(), "", ""),
                        new Attribute("mode", "mode", Type.STRING, 0, false, List.of("fast"), "", "",
                                new TreeMap<>(Map.of("fast", "Fast", "safe", "Safe")), "", ""),
                        new Attribute("ratio", "ratio", Type.DOUBLE, 0, false, List.of(), "0.5", "2", Map.of(), "", ""),
                        new Attribute("on", "on", Type.BOOLEAN, 0, false, List.of("true"), "", "", Map.of(), "", ""),
                        new Attribute("sizes", "sizes", Type.LONG, -1000, false, List.of(), "1", "", Map.of(), "", "")),
                section("http.more", "org.cloudos.http.more", false, integer("deep", "1", "", "")),
                section("timer", "org.cloudos.timer", true,
                        new Attribute("at", "at", Type.STRING, 0, true, List.of(), "1", "", Map.of(), "", ""), integer("every", "60", "1", ""))));
    }

    private static Section section(String name, String pid, boolean factory, Attribute... attributes) {
        TreeMap<String, Attribute> byName = new TreeMap<>();
        for (Attribute attribute : attributes) {
            byName.put(attribute.name(), attribute);
        }
        return new Section(name, pid, factory, "test." + name, name, "", byName);
    }

    private static Attribute integer(String name, String byDefault, String min, String max) {
        return new Attribute(name, name, Type.INTEGER, 0, true, List.of(byDefault), min, max, Map.of(), name, "");
    }

    private static Attribute text(String name, String byDefault) {
        return new Attribute(name, name, Type.STRING, 0, false, List.of(byDefault), "", "", Map.of(), name, "");
    }
}
