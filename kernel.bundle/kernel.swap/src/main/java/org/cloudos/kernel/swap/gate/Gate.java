package org.cloudos.kernel.swap.gate;

import java.lang.reflect.InvocationHandler;
import java.lang.reflect.Method;
import java.lang.reflect.Proxy;
import java.util.ArrayList;
import java.util.Dictionary;
import java.util.Hashtable;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.Set;
import java.util.TreeMap;
import java.util.concurrent.ConcurrentHashMap;
import org.osgi.framework.Bundle;
import org.osgi.framework.BundleContext;
import org.osgi.framework.Constants;
import org.osgi.framework.ServiceFactory;
import org.osgi.framework.ServiceReference;
import org.osgi.framework.ServiceRegistration;

/** The stand-in for one service of one bundle. It outlives the service while the bundle is swapped. */
final class Gate {
    static final String GATE = "cloudos.gate", GATE_BUNDLE = "cloudos.gate.bundle";
    /** Set by the framework for each registration, so not copied. */
    private static final Set<String> OWN = Set.of(Constants.SERVICE_ID, Constants.SERVICE_BUNDLEID,
            Constants.SERVICE_SCOPE, Constants.OBJECTCLASS);
    /** Differs at each registration without meaning anything to users. */
    private static final Set<String> NOISE = Set.of("component.id");

    private final Bundle provider;
    private final List<Class<?>> interfaces;
    private final GateLoader loader;
    private final InFlight inFlight = new InFlight();
    private final Map<Method, Call> calls = new ConcurrentHashMap<>();
    private final Map<Bundle, Door> doors = new ConcurrentHashMap<>();
    private volatile Closure closure;
    private volatile Cost cost;
    private volatile ServiceReference<?> raw;
    private volatile ServiceRegistration<?> registration;
    private volatile Map<String, Object> shown = Map.of();

    Gate(Bundle provider, List<Class<?>> interfaces) {
        this.provider = provider;
        this.interfaces = interfaces;
        this.loader = new GateLoader(interfaces);
    }

    // ---- calls

    void enter(Inside inside, Method method) throws InterruptedException {
        while (true) {
            inFlight.enter(inside.stripe);
            Closure closing = closure;
            if (closing == null || closing.admits(inside)) {
                inside.push(this);
                return;
            }
            inFlight.leave(inside.stripe);
            closing.left();
            closing.await(this, method);
        }
    }

    void leave(Inside inside) {
        inside.pop();
        inFlight.leave(inside.stripe);
        Closure closing = closure;
        if (closing != null) closing.left();
    }

    /** A call failed. It counts when the change is why: the provider was replaced under it, or can't be linked. */
    void threw(Throwable cause, boolean cut) {
        Cost running = cost;
        if (running != null && (cut || cause instanceof LinkageError)) running.broke(cause);
    }

    Call call(Method method) {
        Call known = calls.get(method);
        return known != null ? known : calls.computeIfAbsent(method, Call::new);
    }

    boolean idle() {
        return inFlight.idle();
    }

    // ---- opening and closing

    Closure closure() {
        return closure;
    }

    void close(Closure with) {
        closure = with;
    }

    /** Lets callers in, and those who wait go on. */
    void open() {
        Closure was = closure;
        closure = null;
        if (was != null) was.look();
    }

    /** While a change is under way its cost is counted here; null when it is over. */
    void countFor(Cost running) {
        cost = running;
    }

    // ---- the service behind

    Bundle provider() {
        return provider;
    }

    ServiceReference<?> raw() {
        return raw;
    }

    /** Whether a service with these classes can stand behind this gate. */
    boolean fits(Bundle bundle, List<Class<?>> classes) {
        return provider.equals(bundle) && interfaces.equals(classes);
    }

    /** Whether these are other classes of the same names: their package was exported anew. */
    boolean isOlderThan(Bundle bundle, List<Class<?>> classes) {
        return provider.equals(bundle) && !interfaces.equals(classes)
                && interfaces.stream().map(Class::getName).toList().equals(classes.stream().map(Class::getName).toList());
    }

    /** How many telling properties a service has in common with the one that was here. */
    int likeness(ServiceReference<?> candidate) {
        int same = 0;
        for (String key : List.of("component.name", Constants.SERVICE_PID)) {
            if (Objects.deepEquals(shown.get(key), candidate.getProperty(key))) same++;
        }
        return same;
    }

    void attach(ServiceReference<?> service) {
        raw = service;
    }

    void detach() {
        raw = null;
        for (Door door : doors.values()) door.drop();
    }

    /**
     * Gives every user the service that is behind the gate now.
     *
     * @return false when it can't be activated
     */
    boolean takeAll() {
        ServiceReference<?> service = raw;
        boolean all = true;
        for (Door door : doors.values()) all &= service != null && door.take(service);
        return all;
    }

    // ---- the service in front

    String name() {
        return interfaces.getFirst().getName() + " of " + provider.getSymbolicName();
    }

    ServiceReference<?> reference() {
        ServiceRegistration<?> r = registration;
        return r == null ? null : r.getReference();
    }

    /** Registers the gate in the service's stead. */
    void register(BundleContext context) {
        String[] names = interfaces.stream().map(Class::getName).toArray(String[]::new);
        shown = properties();
        registration = context.registerService(names, factory(), new Hashtable<>(shown));
    }

    /** Follows the properties of the service behind. */
    void follow() {
        ServiceRegistration<?> r = registration;
        if (r == null || raw == null) return;
        Map<String, Object> now = properties();
        if (same(now, shown)) return;
        shown = now;
        Dictionary<String, Object> dictionary = new Hashtable<>(now);
        r.setProperties(dictionary);
    }

    private static boolean same(Map<String, Object> a, Map<String, Object> b) {
        if (!a.keySet().equals(b.keySet())) return false;
        for (Map.Entry<String, Object> e : a.entrySet()) {
            if (!NOISE.contains(e.getKey()) && !Objects.deepEquals(e.getValue(), b.get(e.getKey()))) return false;
        }
        return true;
    }

    /** The service is gone for good. Users hear of it while they can still call it, as without a gate. */
    void unregister() {
        if (raw == null) shut();
        ServiceRegistration<?> r = registration;
        registration = null;
        if (r != null) {
            try {
                r.unregister();
            } catch (IllegalStateException e) {
                // The framework was faster.
            }
        }
        shut();
        detach();
    }

    private void shut() {
        Closure was = closure;
        closure = Closure.gone();
        if (was != null) was.look();
    }

    /** The bundles that got this service. */
    Set<Bundle> users() {
        return Set.copyOf(doors.keySet());
    }

    private Map<String, Object> properties() {
        ServiceReference<?> service = raw;
        Map<String, Object> all = new TreeMap<>(String.CASE_INSENSITIVE_ORDER);
        for (String key : service.getPropertyKeys()) {
            Object value = service.getProperty(key);
            if (!OWN.contains(key) && value != null) all.put(key, value);
        }
        all.put(GATE, Boolean.TRUE);
        all.put(GATE_BUNDLE, provider.getSymbolicName());
        return all;
    }

    /**
     * The factory is itself a proxy of the service's interfaces: see {@link GateLoader}. Users never meet it.
     */
    private Object factory() {
        List<Class<?>> classes = new ArrayList<>(interfaces);
        classes.addFirst(ServiceFactory.class);
        InvocationHandler calls = (proxy, method, args) -> switch (method.getName()) {
            case "getService" -> doorFor((Bundle) args[0]);
            case "ungetService" -> leaveDoor((Bundle) args[0]);
            case "equals" -> proxy == args[0];
            case "hashCode" -> System.identityHashCode(this);
            default -> "factory of the gate of " + name();
        };
        return Proxy.newProxyInstance(loader, classes.toArray(Class<?>[]::new), calls);
    }

    private Object doorFor(Bundle user) {
        Door door = new Door(this, user);
        // First into the map, then to the service: who opens the gate goes the other way round.
        doors.put(user, door);
        ServiceReference<?> service = raw;
        if (service != null && !door.take(service) && closure == null) {
            doors.remove(user, door);
            return null;
        }
        return Proxy.newProxyInstance(loader, interfaces.toArray(Class<?>[]::new), door);
    }

    private Object leaveDoor(Bundle user) {
        Door door = doors.remove(user);
        if (door != null) door.giveBack();
        return null;
    }
}
