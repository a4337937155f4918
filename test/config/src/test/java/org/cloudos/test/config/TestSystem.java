package org.cloudos.test.config;

import java.io.ByteArrayInputStream;
import java.io.ByteArrayOutputStream;
import java.io.File;
import java.io.IOException;
import java.io.InputStream;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Dictionary;
import java.util.HashMap;
import java.util.Hashtable;
import java.util.List;
import java.util.Map;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.CopyOnWriteArrayList;
import java.util.function.BooleanSupplier;
import java.util.jar.Attributes;
import java.util.jar.JarFile;
import java.util.jar.JarOutputStream;
import java.util.jar.Manifest;
import java.util.zip.ZipEntry;
import org.apache.felix.framework.FrameworkFactory;
import org.apache.felix.hc.api.HealthCheck;
import org.apache.felix.hc.api.Result;
import org.cloudos.config.ConfigTree;
import org.cloudos.config.SystemBackup;
import org.cloudos.kernel.Boot;
import org.osgi.framework.Bundle;
import org.osgi.framework.BundleContext;
import org.osgi.framework.BundleException;
import org.osgi.framework.Constants;
import org.osgi.framework.FrameworkUtil;
import org.osgi.framework.ServiceReference;
import org.osgi.framework.launch.Framework;
import org.osgi.service.cm.ManagedService;
import org.osgi.service.cm.ManagedServiceFactory;
import org.osgi.service.condition.Condition;

/** The configuration's bundle with Felix's framework, Configuration Admin, Metatype and component runtime; the test is a bundle's code. */
final class TestSystem implements AutoCloseable {
    private static final List<String> BUNDLES = List.of("org.osgi.util.function", "org.osgi.util.promise", "org.osgi.service.component",
            "org.apache.felix.log", "org.apache.felix.scr", "org.apache.felix.configadmin", "org.apache.felix.metatype", "org.yaml.snakeyaml",
            "org.cloudos.config");
    /** Whatever minor version they have: the test has the same classes. */
    private static final String SHARED = "org.cloudos.config;version=1.0.0,org.cloudos.kernel;version=1.999,org.cloudos.kernel.swap;version=1.999,"
            + "org.cloudos.shell;version=1.999,org.apache.felix.hc.api;version=2.0.0,org.apache.felix.service.command;version=1.0.0,"
            + "org.apache.felix.service.command.annotations;version=1.0.0,org.jline.terminal;version=3.30.0,org.osgi.service.cm;version=1.6.0";
    private static final long LIMIT_NS = 120_000_000_000L;

    /** What a PID was given, oldest first; null for "nothing". */
    final Map<String, List<Map<String, Object>>> delivered = new ConcurrentHashMap<>();
    final Path data;
    volatile Result.Status health = Result.Status.OK;
    private final Framework framework;

    /** With the sections {@code test.web}, {@code test.door} and the factory {@code test.timer}. */
    TestSystem(Path folder) throws Exception {
        data = folder.resolve("data");
        Map<String, String> configuration = new HashMap<>();
        configuration.put(Constants.FRAMEWORK_STORAGE, folder.resolve("cache").toString());
        configuration.put(Constants.FRAMEWORK_STORAGE_CLEAN, Constants.FRAMEWORK_STORAGE_CLEAN_ONFIRSTINIT);
        configuration.put(Constants.FRAMEWORK_SYSTEMPACKAGES_EXTRA, SHARED);
        configuration.put("cloudos.data", data.toString());
        configuration.put("cloudos.home", folder.resolve("home").toString());
        configuration.put("cloudos.profile", "test");
        framework = new FrameworkFactory().newFramework(configuration);
        framework.start();
        BundleContext context = framework.getBundleContext();
        List<Bundle> bundles = new ArrayList<>(List.of(declaring("org.cloudos.test.web", false,
                "<AD id='port' type='Integer' min='0' max='65535' default='8080'/><AD id='name' type='String' required='false'/>"
                + "<AD id='token' type='Password' required='false'/><AD id='hosts' type='String' cardinality='10' required='false'/>"),
                declaring("org.cloudos.test.door", false, "<AD id='port' type='Integer' min='1' default='22'/>"),
                declaring("org.cloudos.test.timer", true, "<AD id='at' type='String'/><AD id='every' type='Long' default='60'/>")));
        for (String name : BUNDLES) {
            bundles.add(context.installBundle("reference:file:" + jar(name)));
        }
        for (Bundle bundle : bundles) {
            bundle.start();
        }
        context.registerService(HealthCheck.class, () -> new Result(health, "as told"), FrameworkUtil.asDictionary(Map.of(HealthCheck.NAME, "told")));
        ready();
    }

    private void ready() {
        framework.getBundleContext().registerService(Condition.class, Condition.INSTANCE,
                FrameworkUtil.asDictionary(Map.of(Condition.CONDITION_ID, Boot.READY)));
    }

    private static String jar(String symbolicName) throws IOException {
        for (String entry : System.getProperty("java.class.path").split(File.pathSeparator)) {
            if (entry.endsWith(".jar")) {
                try (JarFile jar = new JarFile(entry)) {
                    String name = jar.getManifest() == null ? null : jar.getManifest().getMainAttributes().getValue("Bundle-SymbolicName");
                    if (name != null && name.split(";")[0].equals(symbolicName)) {
                        return entry;
                    }
                }
            }
        }
        throw new AssertionError("no jar of " + symbolicName);
    }

    /** A bundle that only has a Metatype document. */
    private Bundle declaring(String pid, boolean factory, String attributes) throws Exception {
        Manifest manifest = new Manifest();
        Map.of("Manifest-Version", "1.0", "Bundle-ManifestVersion", "2", "Bundle-SymbolicName", pid)
                .forEach((k, v) -> manifest.getMainAttributes().put(new Attributes.Name(k), v));
        String xml = "<MetaData xmlns='http://www.osgi.org/xmlns/metatype/v1.2.0'><OCD id='ocd' name='" + pid + "'>" + attributes + "</OCD><Designate "
                + (factory ? "factoryPid" : "pid") + "='" + pid + "'><Object ocdref='ocd'/></Designate></MetaData>";
        ByteArrayOutputStream bytes = new ByteArrayOutputStream();
        try (JarOutputStream out = new JarOutputStream(bytes, manifest)) {
            out.putNextEntry(new ZipEntry("OSGI-INF/metatype/ocd.xml"));
            out.write(xml.getBytes(StandardCharsets.UTF_8));
        }
        try (InputStream in = new ByteArrayInputStream(bytes.toByteArray())) {
            return framework.getBundleContext().installBundle(pid, in);
        }
    }

    /** Has what is delivered to this PID written down. */
    void listen(String pid) {
        List<Map<String, Object>> list = new CopyOnWriteArrayList<>();
        delivered.put(pid, list);
        framework.getBundleContext().registerService(ManagedService.class, p -> list.add(map(p)),
                FrameworkUtil.asDictionary(Map.of(Constants.SERVICE_PID, pid)));
        await(() -> !list.isEmpty());
    }

    /** Likewise for the instances of a factory; one that is deleted is null. */
    void listenToFactory(String pid) {
        framework.getBundleContext().registerService(ManagedServiceFactory.class, new ManagedServiceFactory() {
            @Override public String getName() {
                return pid;
            }

            @Override public void updated(String instance, Dictionary<String, ?> properties) {
                List<Map<String, Object>> list = delivered.getOrDefault(instance, new CopyOnWriteArrayList<>());
                list.add(map(properties));
                delivered.putIfAbsent(instance, list); // never empty
            }

            @Override public void deleted(String instance) {
                delivered.get(instance).add(null);
            }
        }, FrameworkUtil.asDictionary(Map.of(Constants.SERVICE_PID, pid)));
    }

    private static Map<String, Object> map(Dictionary<String, ?> properties) {
        if (properties == null) {
            return null;
        }
        Map<String, Object> map = new HashMap<>(FrameworkUtil.asMap(properties));
        map.keySet().removeAll(List.of(Constants.SERVICE_PID, "service.factoryPid", "felix.fileinstall.filename"));
        return map;
    }

    /** What a PID was given last. */
    Map<String, Object> last(String pid) {
        return delivered.get(pid).getLast();
    }

    ConfigTree tree() {
        return service(ConfigTree.class);
    }

    SystemBackup backup() {
        return service(SystemBackup.class);
    }

    <S> S service(Class<S> type) {
        ServiceReference<S> reference = framework.getBundleContext().getServiceReference(type);
        return framework.getBundleContext().getService(reference);
    }

    BundleContext context() {
        return framework.getBundleContext();
    }

    void write(String file, String text) throws IOException {
        Path path = data.resolve("config").resolve(file);
        Files.createDirectories(path.getParent());
        Files.writeString(path, text);
    }

    String read(String file) throws IOException {
        return Files.readString(data.resolve("config").resolve(file));
    }

    static void await(BooleanSupplier condition) {
        long end = System.nanoTime() + LIMIT_NS;
        while (!condition.getAsBoolean()) {
            if (System.nanoTime() > end) {
                throw new AssertionError("it did not become so");
            }
            java.util.concurrent.locks.LockSupport.parkNanos(5_000_000);
        }
    }

    static Dictionary<String, Object> properties(String key, Object value) {
        return new Hashtable<>(Map.of(key, value));
    }

    @Override
    public void close() throws BundleException {
        framework.stop();
        try {
            framework.waitForStop(30_000);
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
        }
    }
}
