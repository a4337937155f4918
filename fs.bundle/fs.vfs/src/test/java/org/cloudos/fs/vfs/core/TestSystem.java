package org.cloudos.fs.vfs.core;

import java.lang.reflect.InvocationHandler;
import java.lang.reflect.Proxy;
import java.util.Dictionary;
import java.util.HashMap;
import java.util.Map;
import org.cloudos.fs.FileSystem;
import org.cloudos.fs.FsException;
import org.cloudos.fs.tmpfs.TmpFsType;
import org.osgi.framework.BundleContext;
import org.osgi.framework.ServiceRegistration;
import org.osgi.service.log.Logger;

/** The VFS and tmpfs wired without a framework. */
final class TestSystem {
    final VfsService vfs;
    /** The one that is told of volumes. */
    private VfsService told;
    final TmpFsType tmpfs;
    final Map<String, FileSystem> services = new HashMap<>();

    TestSystem(String... mounts) {
        this(mounts, null);
    }

    private TestSystem(String[] lines, TmpFsType type) {
        VfsService.Settings settings = proxy(VfsService.Settings.class, (p, m, a) -> m.getName().equals("mounts") ? lines : (Object) (4L << 20));
        vfs = new VfsService(settings, proxy(Logger.class, (p, m, a) -> {
            throw new AssertionError(m.getName() + ": " + java.util.Arrays.deepToString(a));
        }));
        told = vfs;
        tmpfs = type == null ? new TmpFsType(context()) : type;
        vfs.addType(tmpfs);
    }

    /** Another VFS over the same volumes, as after a swap. */
    TestSystem swapped() {
        var state = vfs.handOver();
        vfs.stop();
        TestSystem next = new TestSystem(new String[0], tmpfs);
        services.forEach((id, fs) -> next.vfs.addVolume(fs, Map.of(FileSystem.VOLUME, id, FileSystem.TYPE, "tmpfs")));
        next.vfs.takeOver(state);
        next.services.putAll(services);
        told = next.vfs;
        return next;
    }

    BundleContext context() {
        return proxy(BundleContext.class, (p, m, a) -> {
            if (!m.getName().equals("registerService")) {
                throw new AssertionError(m.getName());
            }
            Object id = ((Dictionary<?, ?>) a[2]).get(FileSystem.VOLUME);
            Map<String, Object> properties = Map.of(FileSystem.VOLUME, id, FileSystem.TYPE, "tmpfs");
            services.put((String) id, (FileSystem) a[1]);
            told.addVolume((FileSystem) a[1], properties);
            return proxy(ServiceRegistration.class, (q, n, b) -> {
                told.removeVolume(properties);
                return null;
            });
        });
    }

    @SuppressWarnings("unchecked")
    static <T> T proxy(Class<?> type, InvocationHandler calls) {
        return (T) Proxy.newProxyInstance(TestSystem.class.getClassLoader(), new Class<?>[] {type}, calls);
    }

    /** A volume without a VFS. */
    static FileSystem volume() {
        FileSystem[] made = new FileSystem[1];
        BundleContext context = proxy(BundleContext.class, (p, m, a) -> {
            made[0] = (FileSystem) a[1];
            return null;
        });
        try {
            new TmpFsType(context).open(null, Map.of("size", "80m"));
            return made[0];
        } catch (FsException e) {
            throw new AssertionError(e);
        }
    }
}
