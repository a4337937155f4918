package org.cloudos.kernel.swap.gate;

import java.util.List;
import org.osgi.framework.ServiceFactory;

/**
 * Defines the proxy classes of one gate: sees what the service's interfaces see, and ServiceFactory.
 *
 * <p>A loader of its own because no bundle's loader need see both, and because the framework decides by the loader
 * of a service object's class who may see the service: it finds there exactly the interfaces of the provider.
 */
final class GateLoader extends ClassLoader {
    private final List<ClassLoader> loaders;

    GateLoader(List<Class<?>> interfaces) {
        super("cloudos-gate", ClassLoader.getPlatformClassLoader());
        loaders = interfaces.stream().map(Class::getClassLoader).distinct().toList();
    }

    @Override
    protected Class<?> findClass(String name) throws ClassNotFoundException {
        if (name.equals(ServiceFactory.class.getName())) return ServiceFactory.class;
        for (ClassLoader loader : loaders) {
            try {
                return loader.loadClass(name);
            } catch (ClassNotFoundException e) {
                // The next one may have it.
            }
        }
        throw new ClassNotFoundException(name);
    }
}
