package org.cloudos.shell.console;

import org.apache.felix.service.command.Converter;
import org.cloudos.shell.render.Views;

/** Loads the code that makes tables when there is something to show. */
final class LateConverter implements Converter {
    private Converter views;

    @Override
    public Object convert(Class<?> type, Object in) throws Exception {
        return views().convert(type, in);
    }

    @Override
    public CharSequence format(Object target, int level, Converter escape) throws Exception {
        return views().format(target, level, escape);
    }

    private synchronized Converter views() {
        if (views == null) {
            views = new Views();
        }
        return views;
    }
}
