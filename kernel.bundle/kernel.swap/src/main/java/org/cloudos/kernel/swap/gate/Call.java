package org.cloudos.kernel.swap.gate;

import java.lang.invoke.MethodHandle;
import java.lang.invoke.MethodHandles;
import java.lang.invoke.MethodType;
import java.lang.reflect.InvocationTargetException;
import java.lang.reflect.Method;

/**
 * Calls one method of a service. By reflection at first, which costs nothing to set up; a method that is called often
 * gets a method handle, several times faster where the JVM is told to keep reflection native, as profiles do to start
 * quickly.
 */
final class Call {
    private static final int OFTEN = 2000;
    private static final MethodType SHAPE = MethodType.methodType(Object.class, Object.class, Object[].class);

    private final Method method;
    private int count; // racy: a lost one only delays
    private volatile MethodHandle handle;

    Call(Method method) {
        this.method = method;
    }

    Object on(Object service, Object[] args) throws Throwable {
        MethodHandle linked = handle;
        if (linked != null) return (Object) linked.invokeExact(service, args);
        if (++count == OFTEN) handle = link();
        try {
            return method.invoke(service, args);
        } catch (InvocationTargetException e) {
            throw e.getCause();
        }
    }

    /** Gated interfaces are public and in no module, so anybody may call them. */
    private MethodHandle link() throws IllegalAccessException {
        return MethodHandles.publicLookup().unreflect(method).asFixedArity()
                .asSpreader(Object[].class, method.getParameterCount()).asType(SHAPE);
    }
}
