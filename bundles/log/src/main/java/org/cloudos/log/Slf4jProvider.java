package org.cloudos.log;

import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.ConcurrentMap;
import org.osgi.framework.Bundle;
import org.osgi.framework.FrameworkUtil;
import org.slf4j.ILoggerFactory;
import org.slf4j.IMarkerFactory;
import org.slf4j.Logger;
import org.slf4j.helpers.BasicMarkerFactory;
import org.slf4j.helpers.BasicMDCAdapter;
import org.slf4j.spi.MDCAdapter;
import org.slf4j.spi.SLF4JServiceProvider;

/** SLF4J 2 on the OSGi log: each logger belongs to the bundle whose class asked for it. */
public final class Slf4jProvider implements SLF4JServiceProvider, ILoggerFactory {
    private static final StackWalker CALLERS = StackWalker.getInstance(StackWalker.Option.RETAIN_CLASS_REFERENCE);

    private record Key(Bundle bundle, String name) { }

    private final ConcurrentMap<Key, Logger> loggers = new ConcurrentHashMap<>();
    private final IMarkerFactory markers = new BasicMarkerFactory();
    private final MDCAdapter mdc = new BasicMDCAdapter();

    /** For SLF4J's service loader. */
    public Slf4jProvider() { }

    @Override
    public Logger getLogger(String name) {
        Bundle bundle = CALLERS.walk(frames -> frames.map(StackWalker.StackFrame::getDeclaringClass)
                .filter(Slf4jProvider::isCaller).findFirst().map(FrameworkUtil::getBundle).orElse(null));
        return loggers.computeIfAbsent(new Key(bundle, name), key -> new Slf4jLogger(key.bundle(), key.name()));
    }

    private static boolean isCaller(Class<?> type) {
        return type != Slf4jProvider.class && !type.getName().startsWith("org.slf4j.");
    }

    @Override
    public ILoggerFactory getLoggerFactory() {
        return this;
    }

    @Override
    public IMarkerFactory getMarkerFactory() {
        return markers;
    }

    @Override
    public MDCAdapter getMDCAdapter() {
        return mdc;
    }

    @Override
    public String getRequestedApiVersion() {
        return "2.0.99";
    }

    @Override
    public void initialize() {
        // All fields are final.
    }
}
