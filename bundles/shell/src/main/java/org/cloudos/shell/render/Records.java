package org.cloudos.shell.render;

import java.lang.reflect.InvocationTargetException;
import java.lang.reflect.Method;
import java.lang.reflect.RecordComponent;

/** Access to records of any bundle. */
final class Records {
    private Records() { }

    static Object get(Record record, RecordComponent component) {
        try {
            Method accessor = component.getAccessor();
            accessor.setAccessible(true); // a command's record needs not be public
            return accessor.invoke(record);
        } catch (InvocationTargetException e) {
            throw new IllegalStateException(record.getClass().getName() + "." + component.getName(), e.getCause());
        } catch (IllegalAccessException e) {
            throw new IllegalStateException(e);
        }
    }
}
