package org.cloudos.config.apply;

import java.io.IOException;
import java.lang.reflect.Array;
import java.util.ArrayList;
import java.util.Dictionary;
import java.util.Hashtable;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.SortedMap;
import java.util.TreeMap;
import java.util.TreeSet;
import java.util.concurrent.ConcurrentHashMap;
import org.cloudos.config.layers.Evaluation.Target;
import org.cloudos.config.layers.References;
import org.cloudos.config.schema.Attribute;
import org.cloudos.config.schema.Schema;
import org.osgi.service.cm.Configuration;
import org.osgi.service.cm.ConfigurationAdmin;

/** Makes Configuration Admin hold what the tree says. Not thread-safe but for {@link #managed}. */
public final class AdminWriter {
    /** Any bundle may have it. */
    private static final String ANY = "?";
    private final ConfigurationAdmin admin;
    private final Map<String, Target> managed = new ConcurrentHashMap<>();

    /** Writes to this. */
    public AdminWriter(ConfigurationAdmin admin) {
        this.admin = admin;
    }

    /** What a PID was given last. */
    public Optional<Target> managed(String pid) {
        return Optional.ofNullable(managed.get(pid));
    }

    /** The PIDs that {@link #apply} would touch. */
    public List<String> differing(SortedMap<String, Target> targets) {
        TreeSet<String> pids = new TreeSet<>(managed.keySet());
        pids.addAll(targets.keySet());
        pids.removeIf(pid -> managed.containsKey(pid) && targets.containsKey(pid)
                && managed.get(pid).values().equals(targets.get(pid).values()));
        return List.copyOf(pids);
    }

    /**
     * Updates what differs, deletes what is not named any more. When one update fails, those before it are undone.
     *
     * @return the PIDs that were touched
     */
    public List<String> apply(SortedMap<String, Target> targets) throws IOException {
        List<String> touched = new ArrayList<>();
        SortedMap<String, Target> before = new TreeMap<>(managed);
        try {
            for (String pid : differing(targets)) {
                touched.add(pid);
                if (!put(pid, targets.get(pid))) {
                    touched.remove(pid); // it was so already: this bundle itself was replaced
                }
            }
            return touched;
        } catch (IOException | RuntimeException e) {
            for (String pid : touched) {
                try {
                    put(pid, before.get(pid));
                } catch (IOException | RuntimeException second) {
                    e.addSuppressed(second);
                }
            }
            throw e;
        }
    }

    /** Has these PIDs delivered again, though nothing differs: a secret behind a reference does. */
    public void deliverAgain(List<String> pids) throws IOException {
        for (String pid : pids) {
            configuration(pid).update();
        }
    }

    private boolean put(String pid, Target target) throws IOException {
        Configuration configuration = configuration(pid);
        if (target == null) {
            configuration.delete();
            managed.remove(pid);
            return true;
        }
        managed.put(pid, target); // before the delivery, which asks for it
        return configuration.updateIfDifferent(dictionary(target));
    }

    private Configuration configuration(String pid) throws IOException {
        int tilde = pid.indexOf(Schema.INSTANCE);
        return tilde < 0 ? admin.getConfiguration(pid, ANY)
                : admin.getFactoryConfiguration(pid.substring(0, tilde), pid.substring(tilde + 1), ANY);
    }

    private static Dictionary<String, Object> dictionary(Target target) {
        Dictionary<String, Object> dictionary = new Hashtable<>();
        Map<String, Attribute> attributes = target.section() == null ? Map.of() : target.section().byId();
        target.values().forEach((id, value) -> {
            if (value instanceof List<?> list) {
                dictionary.put(id, many(attributes.get(id), list));
            } else {
                dictionary.put(id, value);
            }
        });
        return dictionary;
    }

    /** As its cardinality says: an array or a list. References are text until they are delivered. */
    static Object many(Attribute attribute, List<?> list) {
        boolean references = list.stream().anyMatch(v -> v instanceof String s && References.in(s));
        if (attribute != null && attribute.cardinality() < 0) {
            return new ArrayList<>(list);
        }
        Class<?> type = references ? String.class : attribute != null ? attribute.type().javaType()
                : list.isEmpty() ? String.class : list.getFirst().getClass();
        Object array = Array.newInstance(type, list.size());
        for (int i = 0; i < list.size(); i++) {
            Array.set(array, i, references ? list.get(i).toString() : list.get(i));
        }
        return array;
    }
}
