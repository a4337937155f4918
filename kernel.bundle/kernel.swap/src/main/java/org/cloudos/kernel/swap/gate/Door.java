package org.cloudos.kernel.swap.gate;

import java.lang.reflect.InvocationHandler;
import java.lang.reflect.Method;
import java.lang.reflect.Proxy;
import org.osgi.framework.Bundle;
import org.osgi.framework.BundleContext;
import org.osgi.framework.ServiceException;
import org.osgi.framework.ServiceReference;

/**
 * One bundle's way through a gate. The service behind it is taken in that bundle's name, so that a service of
 * bundle scope stays one object a bundle, and the framework's record of who uses what stays true.
 */
final class Door implements InvocationHandler {
    private final Gate gate;
    private final Bundle user;
    private ServiceReference<?> taken; // guarded by this
    private volatile Object target;

    Door(Gate gate, Bundle user) {
        this.gate = gate;
        this.user = user;
    }

    @Override
    public Object invoke(Object proxy, Method method, Object[] args) throws Throwable {
        if (method.getDeclaringClass() == Object.class) return ofObject(proxy, method, args);
        Inside inside = Inside.current();
        gate.enter(inside, method);
        Object service = target;
        try {
            if (service == null) throw absent();
            return gate.call(method).on(service, args);
        } catch (Throwable e) {
            gate.threw(e, service == null || service != target);
            throw e;
        } finally {
            gate.leave(inside);
        }
    }

    private Object ofObject(Object proxy, Method method, Object[] args) {
        return switch (method.getName()) {
            case "equals" -> args[0] == proxy || args[0] != null && Proxy.isProxyClass(args[0].getClass())
                    && Proxy.getInvocationHandler(args[0]) instanceof Door d && d.gate == gate;
            case "hashCode" -> System.identityHashCode(gate);
            default -> "gate of " + gate.name();
        };
    }

    /** The service's factory gave nothing, as a plain lookup would have given null. */
    private ServiceException absent() {
        return new ServiceException(gate.name() + " could not be activated", ServiceException.FACTORY_ERROR);
    }

    /**
     * Takes the service that is behind the gate now.
     *
     * @return false when it gives no object
     */
    synchronized boolean take(ServiceReference<?> raw) {
        if (raw.equals(taken) && target != null) return true;
        BundleContext context = user.getBundleContext();
        if (context == null) return true; // stopped meanwhile: nobody calls
        try {
            target = context.getService(raw);
            taken = raw;
        } catch (IllegalStateException e) {
            return true; // stopped meanwhile
        }
        return target != null;
    }

    /** The service went: its framework object is released by the framework. */
    void drop() {
        target = null;
    }

    synchronized void giveBack() {
        target = null;
        BundleContext context = user.getBundleContext();
        if (taken == null || context == null) return;
        try {
            context.ungetService(taken);
        } catch (IllegalStateException e) {
            // The framework has released what that bundle used.
        }
        taken = null;
    }
}
