package org.cloudos.kernel.core.bundle;

import java.util.concurrent.atomic.AtomicInteger;
import org.osgi.framework.BundleActivator;
import org.osgi.framework.BundleContext;

/** What the test bundles are made of. */
public final class Parts {
    private Parts() { }

    /** Starts. */
    public static final class Good implements BundleActivator {
        @Override
        public void start(BundleContext context) { }

        @Override
        public void stop(BundleContext context) { }
    }

    /** Does not start. */
    public static final class Bad implements BundleActivator {
        @Override
        public void start(BundleContext context) {
            throw new IllegalStateException("no disk");
        }

        @Override
        public void stop(BundleContext context) { }
    }

    /** A component that fails as often as a property of the system says. */
    public static final class Flaky {
        private static final AtomicInteger FAILURES = new AtomicInteger(Integer.getInteger("test.failures", 1));

        public void activate() {
            if (FAILURES.getAndDecrement() > 0) {
                throw new IllegalStateException("not yet");
            }
        }
    }

    /** A component that never comes up. */
    public static final class Overflowing {
        public void activate() {
            deeper(0);
        }

        private static int deeper(int depth) {
            return deeper(depth + 1) + 1;
        }
    }

    /** A component. */
    public static final class Plain { }
}
