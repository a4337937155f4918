package org.cloudos.fs.nio;

import java.nio.file.FileSystem;
import java.nio.file.spi.FileSystemProvider;
import java.util.Hashtable;
import java.util.Map;
import org.cloudos.fs.vfs.Vfs;
import org.osgi.framework.BundleContext;
import org.osgi.framework.ServiceRegistration;
import org.osgi.service.component.annotations.Activate;
import org.osgi.service.component.annotations.Component;
import org.osgi.service.component.annotations.Deactivate;
import org.osgi.service.component.annotations.Reference;

/** Ties the provider to the VFS, which stays the same object when it is swapped. */
@Component(service = {}, immediate = true)
public final class Binding {
    /** What the provider that the JDK made asks. */
    static volatile Vfs vfs;
    private final ServiceRegistration<?> fileSystem, provider;

    @Activate
    public Binding(BundleContext context, @Reference Vfs service) {
        vfs = service;
        CloudProvider own = FileSystemProvider.installedProviders().stream().filter(CloudProvider.class::isInstance).map(CloudProvider.class::cast)
                .findFirst().orElseGet(CloudProvider::new);
        Hashtable<String, Object> properties = new Hashtable<>(Map.of("scheme", CloudProvider.SCHEME));
        fileSystem = context.registerService(FileSystem.class.getName(), own.fileSystem(), properties);
        provider = context.registerService(FileSystemProvider.class.getName(), own, properties);
    }

    @Deactivate
    void stop() {
        fileSystem.unregister();
        provider.unregister();
        vfs = null;
    }
}
