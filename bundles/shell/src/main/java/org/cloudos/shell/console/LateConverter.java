package org.cloudos.shell.console;

import org.apache.felix.gogo.jline.Converters;
import org.apache.felix.service.command.Converter;
import org.cloudos.shell.render.Views;
import org.osgi.framework.BundleContext;

/** Our views, and gogo.jline's conversions of words to bundles and the like; loaded when they are first needed. */
final class LateConverter implements Converter {
    private final BundleContext context;
    private Converter views;
    private Converter gogo;

    LateConverter(BundleContext context) {
        this.context = context;
    }

    @Override
    public Object convert(Class<?> type, Object in) throws Exception {
        return gogo().convert(type, in);
    }

    @Override
    public CharSequence format(Object target, int level, Converter escape) throws Exception {
        CharSequence text = views().format(target, level, escape);
        return text != null ? text : gogo().format(target, level, escape);
    }

    private synchronized Converter views() {
        if (views == null) {
            views = new Views();
        }
        return views;
    }

    private synchronized Converter gogo() {
        if (gogo == null) {
            gogo = new Converters(context.getBundle(0).getBundleContext());
        }
        return gogo;
    }
}
