package org.cloudos.fs.vfs.core;

import java.lang.reflect.InvocationHandler;
import java.lang.reflect.Proxy;
import java.util.Dictionary;
import java.util.Map;
import org.cloudos.fs.FileSystem;
import org.cloudos.fs.tmpfs.TmpFsType;
import org.cloudos.fs.vfs.Vfs;
import org.osgi.framework.BundleContext;
import org.osgi.framework.ServiceRegistration;
import org.osgi.service.log.Logger;

/** The VFS with two volumes in memory, wired without a framework. In the VFS's package, whose component is wired here by hand. */
public final class MountedVfs {
    private MountedVfs() { }

    public static Vfs make() {
        String[] mounts = {"none / tmpfs size=512m", "none /other tmpfs mode=1777"};
        VfsService.Settings settings = proxy(VfsService.Settings.class, (p, m, a) -> m.getName().equals("mounts") ? mounts : (Object) (4L << 20));
        VfsService vfs = new VfsService(settings, proxy(Logger.class, (p, m, a) -> null));
        BundleContext context = proxy(BundleContext.class, (p, m, a) -> {
            Object id = ((Dictionary<?, ?>) a[2]).get(FileSystem.VOLUME);
            vfs.addVolume((FileSystem) a[1], Map.of(FileSystem.VOLUME, id, FileSystem.TYPE, "tmpfs"));
            return proxy(ServiceRegistration.class, (q, n, b) -> null);
        });
        vfs.addType(new TmpFsType(context));
        return vfs;
    }

    @SuppressWarnings("unchecked")
    private static <T> T proxy(Class<?> type, InvocationHandler calls) {
        return (T) Proxy.newProxyInstance(MountedVfs.class.getClassLoader(), new Class<?>[] {type}, calls);
    }
}
