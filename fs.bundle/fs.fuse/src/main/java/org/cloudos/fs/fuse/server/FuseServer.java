package org.cloudos.fs.fuse.server;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.concurrent.CopyOnWriteArrayList;
import java.util.function.BiConsumer;
import org.cloudos.fs.FileSystem;
import org.cloudos.fs.fuse.FuseExports;
import org.cloudos.fs.fuse.FuseMount;
import org.cloudos.fs.vfs.ChangeListener;
import org.cloudos.kernel.swap.HandOver;
import org.cloudos.linux.LinuxException;
import org.cloudos.linux.fuse.FuseMounts;
import org.osgi.framework.Bundle;
import org.osgi.framework.BundleContext;
import org.osgi.framework.Constants;
import org.osgi.framework.InvalidSyntaxException;
import org.osgi.service.component.annotations.Activate;
import org.osgi.service.component.annotations.Component;
import org.osgi.service.component.annotations.Deactivate;
import org.osgi.service.component.annotations.Reference;
import org.osgi.service.log.Logger;
import org.osgi.service.log.LoggerFactory;
import org.osgi.util.tracker.ServiceTracker;

/** The volumes of this system in Linux's tree. When this bundle is swapped, mounts and open files stay: the sessions are handed over. */
@Component(service = {FuseExports.class, HandOver.class, ChangeListener.class}, property = ChangeListener.NAME + "=" + FuseServer.NAME)
public final class FuseServer implements FuseExports, HandOver, ChangeListener {
    static final String NAME = "fs.fuse";
    /** With queues over io_uring; a version before this has none, and takes mounts without. */
    private static final int STATE = 2, WITHOUT_QUEUES = 1;
    private static final long QUIT_MILLIS = 10_000;
    /** Longer than a swap that is taken back needs to start the version before. */
    private static final Duration GRACE = Duration.ofSeconds(15);

    private final BundleContext context;
    private final FuseMounts linux;
    private final Logger log;
    private final ServiceTracker<ChangeListener, ChangeListener> others;
    private final List<Served> sessions = new CopyOnWriteArrayList<>(); // changed under this

    private record Served(Session session, ServiceTracker<FileSystem, FileSystem> volume) { }

    @Activate
    public FuseServer(BundleContext context, @Reference FuseMounts linux, @Reference(service = LoggerFactory.class) Logger log) {
        this.context = context;
        this.linux = linux;
        this.log = log;
        others = tracker("(&(" + Constants.OBJECTCLASS + "=" + ChangeListener.class.getName() + ")(!(" + ChangeListener.NAME + "=" + NAME + ")))");
    }

    private <T> ServiceTracker<T, T> tracker(String filter) {
        try {
            ServiceTracker<T, T> tracker = new ServiceTracker<>(context, context.createFilter(filter), null);
            tracker.open();
            return tracker;
        } catch (InvalidSyntaxException e) {
            throw new IllegalArgumentException("volume: expected an identity, found what can't be one", e);
        }
    }

    private ServiceTracker<FileSystem, FileSystem> volume(String name) {
        return tracker("(&(" + Constants.OBJECTCLASS + "=" + FileSystem.class.getName() + ")(" + FileSystem.VOLUME + "="
                + name.replaceAll("[\\\\*()]", "\\\\$0") + "))");
    }

    private BiConsumer<String, Throwable> problems() {
        return (text, cause) -> log.warn(text, cause);
    }

    @Override public Map<String, String> options() {
        return Settings.OPTIONS;
    }

    @Override public synchronized FuseMount mount(String volumeName, String folder, Map<String, String> options) throws IOException {
        sweep();
        ServiceTracker<FileSystem, FileSystem> volume = volume(volumeName);
        try {
            Session session = Mounting.mount(linux, volumeName, volume::getService, Path.of(folder), options, changes(volumeName), problems());
            sessions.add(new Served(session, volume));
            log.info("volume {} is mounted on {}", volumeName, session.folder());
            return session.mount();
        } catch (IOException | RuntimeException e) {
            volume.close();
            throw e;
        }
    }

    private Serving.Changes changes(String volume) {
        return new Serving.Changes() {
            @Override public void entry(long folder, String name) {
                for (ChangeListener other : others.getServices(new ChangeListener[0])) {
                    other.entryChanged(volume, folder, name);
                }
            }

            @Override public void node(long node, boolean contents) {
                for (ChangeListener other : others.getServices(new ChangeListener[0])) {
                    other.nodeChanged(volume, node, contents);
                }
            }
        };
    }

    @Override public void entryChanged(String volume, long folder, String name) {
        for (Served s : sessions) {
            if (s.session.volume().equals(volume)) {
                s.session.notices().entry(folder, name);
            }
        }
    }

    @Override public void nodeChanged(String volume, long node, boolean contents) {
        for (Served s : sessions) {
            if (s.session.volume().equals(volume)) {
                s.session.notices().node(node, contents);
            }
        }
    }

    @Override public synchronized void unmount(String folder, boolean force) throws IOException {
        String path = Files.exists(Path.of(folder)) ? Path.of(folder).toRealPath().toString() : folder;
        Served served = sessions.stream().filter(s -> s.session.folder().equals(path)).findFirst().orElseThrow(
                () -> new IllegalArgumentException("folder: expected one of " + mounts().stream().map(FuseMount::folder).toList() + ", found " + folder));
        end(served, force);
    }

    private void end(Served served, boolean force) throws IOException {
        if (!served.session.hasEnded()) {
            linux.unmount(served.session.folder(), force);
        }
        try {
            served.session.await(QUIT_MILLIS);
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
        }
        sweep();
        log.info("{} is unmounted", served.session.folder());
    }

    /** Forgets those that ended: anybody may unmount. */
    private synchronized void sweep() {
        for (Served s : sessions) {
            if (s.session.hasEnded()) {
                sessions.remove(s);
                s.volume.close();
            }
        }
    }

    @Override public List<FuseMount> mounts() {
        sweep();
        return sessions.stream().map(s -> s.session.mount()).toList();
    }

    @Override public synchronized State handOver() {
        List<Baton> left = leave();
        return new State(left.stream().allMatch(b -> b.queues() == null) ? WITHOUT_QUEUES : STATE, left.stream().map(Baton::parts).toArray());
    }

    /** All sessions leave, or none. */
    private List<Baton> leave() {
        sweep();
        List<Baton> left = new ArrayList<>();
        try {
            for (Served s : sessions) {
                left.add(s.session.leave());
                s.volume.close();
                sessions.remove(s);
            }
            return left;
        } catch (LinuxException | InterruptedException | IllegalStateException e) {
            left.forEach(this::resume);
            throw new IllegalStateException(e.getMessage(), e);
        }
    }

    private void resume(Baton baton) {
        ServiceTracker<FileSystem, FileSystem> volume = volume(baton.volume());
        sessions.add(new Served(new Session(baton, volume::getService, changes(baton.volume()), problems()), volume));
    }

    @Override public synchronized void takeOver(State state) {
        if (state.version() < WITHOUT_QUEUES || state.version() > STATE || !(state.value() instanceof Object[] all)) {
            throw new IllegalArgumentException("expected FUSE mounts, version " + WITHOUT_QUEUES + " to " + STATE + "; found version " + state.version());
        }
        for (Object parts : all) {
            resume(new Baton((Object[]) parts));
        }
    }

    /**
     * Stopped without being asked for its state: by somebody, or because a swap is taken back, and then the version before goes on where
     * this one leaves. Nobody may wait for an answer that will not come: what nobody takes within a while is unmounted.
     */
    @Deactivate synchronized void stop() {
        List<Baton> left = leave();
        others.close();
        boolean systemStops = context.getBundle(Constants.SYSTEM_BUNDLE_LOCATION).getState() == Bundle.STOPPING;
        for (Baton baton : left) {
            if (systemStops) {
                baton.giveUp(linux, log::info);
            } else {
                Thread.ofPlatform().daemon().name("fuse " + baton.folder() + " left").start(() -> baton.giveUpAfter(GRACE, linux, log::info));
            }
        }
    }
}
