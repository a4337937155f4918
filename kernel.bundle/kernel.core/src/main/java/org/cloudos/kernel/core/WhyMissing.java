package org.cloudos.kernel.core;

import org.osgi.framework.Bundle;
import org.osgi.framework.BundleContext;

/** Says in a sentence why a service is not there. */
final class WhyMissing {
    private WhyMissing() { }

    static String say(BundleContext context, String type) {
        for (Components.View component : Components.of(context)) {
            if (component.services().contains(type) && component.stage() != Components.Stage.UP) {
                return component.why();
            }
        }
        int dot = type.lastIndexOf('.');
        String path = dot < 0 ? "" : type.substring(0, dot);
        for (Bundle bundle : context.getBundles()) {
            String exports = bundle.getHeaders("").get("Export-Package");
            if (!path.isEmpty() && bundle.getState() < Bundle.STARTING && exports != null && exports.contains(path)) {
                return "bundle " + bundle.getSymbolicName() + ", which has its type, is not started";
            }
        }
        return "no bundle offers it";
    }
}
