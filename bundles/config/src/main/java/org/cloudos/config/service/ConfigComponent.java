package org.cloudos.config.service;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Clock;
import java.util.Arrays;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.concurrent.Executors;
import java.util.concurrent.ScheduledExecutorService;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicBoolean;
import org.apache.felix.hc.api.HealthCheck;
import org.cloudos.config.ConfigException;
import org.cloudos.config.ConfigTree;
import org.cloudos.config.Constraint;
import org.cloudos.config.StateFiles;
import org.cloudos.config.SystemBackup;
import org.cloudos.config.apply.AdminWriter;
import org.cloudos.config.apply.FailedComponents;
import org.cloudos.config.apply.SecretDelivery;
import org.cloudos.config.apply.SystemHealth;
import org.cloudos.config.backup.BackupService;
import org.cloudos.config.layers.Folder;
import org.cloudos.config.layers.Property;
import org.cloudos.config.layers.References;
import org.cloudos.config.schema.Schema;
import org.cloudos.config.store.Durable;
import org.cloudos.kernel.Boot;
import org.cloudos.kernel.swap.BundleStore;
import org.cloudos.kernel.swap.Deployment;
import org.osgi.framework.BundleContext;
import org.osgi.framework.FrameworkUtil;
import org.osgi.service.cm.ConfigurationAdmin;
import org.osgi.service.cm.ConfigurationPlugin;
import org.osgi.service.component.annotations.Activate;
import org.osgi.service.component.annotations.Component;
import org.osgi.service.component.annotations.Deactivate;
import org.osgi.service.component.annotations.Reference;
import org.osgi.service.component.annotations.ReferenceCardinality;
import org.osgi.service.component.annotations.ReferencePolicy;
import org.osgi.service.condition.Condition;
import org.osgi.service.log.Logger;
import org.osgi.service.log.LoggerFactory;
import org.osgi.util.tracker.ServiceTracker;

/** Puts the tree together and offers it. */
@Component(immediate = true, service = {})
public final class ConfigComponent {
    private static final long DEBOUNCE_MS = 250;
    private static final long LONGEST_BOOT_S = 120;

    private final BundleContext context;
    private final Logger log;
    private final ServiceTracker<Constraint, Constraint> constraints;
    private final ServiceTracker<StateFiles, StateFiles> state;
    private final SchemaSource schema;
    private final TreeService tree;
    private final FolderWatch watch;
    private final ScheduledExecutorService later;
    private final AtomicBoolean scheduled = new AtomicBoolean();
    private volatile boolean early = true;

    /** Applies the configuration before it returns: bundles that start later find theirs in Configuration Admin. */
    @Activate
    public ConfigComponent(BundleContext context, @Reference ConfigurationAdmin admin,
            @Reference(service = LoggerFactory.class) Logger log) throws IOException, ConfigException {
        this.context = context;
        this.log = log;
        Path data = Path.of(context.getProperty("cloudos.data"));
        String home = context.getProperty("cloudos.home");
        Path profile = Path.of(home == null ? "" : home);
        Folder folder = new Folder(data.resolve("config"), profile.resolve("config.yaml"));
        Durable.folder(folder.path().resolve(Folder.SITE));
        References references = new References(folder.path(), System.getenv());
        AdminWriter writer = new AdminWriter(admin);
        later = Executors.newSingleThreadScheduledExecutor(Thread.ofPlatform().daemon().name("configuration").factory());
        constraints = new ServiceTracker<>(context, Constraint.class, null);
        constraints.open();
        state = new ServiceTracker<>(context, StateFiles.class, null);
        state.open();
        schema = new SchemaSource(context, log::warn, this::lookLater);
        schema.open();
        context.registerService(Constraint.class, new PortConflicts(), null);
        context.registerService(ConfigurationPlugin.class, new SecretDelivery(writer::managed, references,
                (pid, message) -> log.error(pid + ": " + message)), FrameworkUtil.asDictionary(Map.of(
                ConfigurationPlugin.CM_RANKING, 500, "config.plugin.id", "org.cloudos.config")));
        tree = new TreeService(folder, new Property.Start(profileProperties(profile), System.getenv(), properties()), references,
                new Around(), writer, new SystemHealth(context), Clock.systemUTC());
        tree.boot();
        watch = new FolderWatch(folder.path(), this::reload, log::warn);
        watch.start();
        later.schedule(this::settle, LONGEST_BOOT_S, TimeUnit.SECONDS);
        context.registerService(ConfigTree.class, tree, null);
        context.registerService(SystemBackup.class, new BackupService(data, String.valueOf(context.getProperty("cloudos.profile")), tree,
                new Deployed(context), this::globs, Clock.systemUTC()), null);
        context.registerService(HealthCheck.class, new FilesHealth(tree), FrameworkUtil.asDictionary(Map.of(
                HealthCheck.NAME, "configuration", HealthCheck.TAGS, new String[] {"config"})));
    }

    /** All bundles were started: what nobody declares now is a mistake. */
    @Reference(cardinality = ReferenceCardinality.OPTIONAL, policy = ReferencePolicy.DYNAMIC,
            target = "(osgi.condition.id=" + Boot.READY + ")")
    void bindReady(Condition ready) {
        later.execute(this::settle);
    }

    void unbindReady(Condition ready) {
        log.debug("the system is not ready any more");
    }

    private void settle() {
        if (early) {
            early = false;
            reload(System.nanoTime());
        }
    }

    /** Services of this bundle's context go with its stop. */
    @Deactivate
    void close() throws IOException {
        later.shutdownNow();
        watch.close();
        tree.close();
        schema.close();
        constraints.close();
        state.close();
    }

    private void lookLater() {
        if (scheduled.compareAndSet(false, true) && !later.isShutdown()) {
            later.schedule(() -> {
                scheduled.set(false);
                if (tree != null) { // else the constructor is not through, and takes it in itself
                    reload(System.nanoTime());
                }
            }, DEBOUNCE_MS, TimeUnit.MILLISECONDS);
        }
    }

    private void reload(long seen) {
        try {
            tree.reload(seen).ifPresent(change -> log.info("configuration {}: {} settings differ, {} taken in {} ms", change.number(),
                    change.differences().size(), change.pids(), change.took().toMillis()));
        } catch (ConfigException e) {
            log.error("the configuration stays as it is:\n" + e.getMessage());
        } catch (IllegalStateException e) {
            log.debug("the bundle stops", e);
        }
    }

    private List<String> globs() {
        return Arrays.stream(state.getServices(new StateFiles[0])).flatMap(s -> s.globs().stream()).toList();
    }

    private record Deployed(BundleContext context) implements BackupService.Kernel {
        @Override public Optional<BundleStore> store() {
            return Optional.ofNullable(context.getServiceReference(BundleStore.class)).map(context::getService);
        }

        @Override public Optional<Deployment> deployment() {
            return Optional.ofNullable(context.getServiceReference(Deployment.class)).map(context::getService);
        }
    }

    private final class Around implements Surroundings {
        @Override public Schema schema() {
            return schema.current();
        }

        @Override public Set<String> gone() {
            return schema.gone();
        }

        @Override public boolean early() {
            return early;
        }

        @Override public List<Constraint> constraints() {
            return List.of(constraints.getServices(new Constraint[0]));
        }

        @Override public Runnable secondChance(List<String> pids) {
            return FailedComponents.of(context, pids);
        }

        @Override public void info(String message) {
            log.info(message);
        }

        @Override public void warn(String message) {
            log.warn(message);
        }
    }

    private static Map<String, String> properties() {
        Map<String, String> properties = new HashMap<>();
        System.getProperties().stringPropertyNames().forEach(name -> properties.put(name, System.getProperty(name)));
        return properties;
    }

    /** Lines {@code key=value}, as the launcher reads them. */
    private static Map<String, String> profileProperties(Path home) throws IOException {
        Map<String, String> properties = new HashMap<>();
        Path file = home.resolve("framework.properties");
        for (String line : Files.isRegularFile(file) ? Files.readAllLines(file) : List.<String>of()) {
            int equals = line.indexOf('=');
            if (equals > 0 && line.charAt(0) != '#') {
                properties.put(line.substring(0, equals).strip(), line.substring(equals + 1).strip());
            }
        }
        return properties;
    }
}
