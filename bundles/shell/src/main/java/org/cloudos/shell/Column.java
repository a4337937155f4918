package org.cloudos.shell;

import java.lang.annotation.ElementType;
import java.lang.annotation.Retention;
import java.lang.annotation.RetentionPolicy;
import java.lang.annotation.Target;

/** How a record's component is shown in a table. JSON is not touched by it. */
@Retention(RetentionPolicy.RUNTIME)
@Target(ElementType.RECORD_COMPONENT)
public @interface Column {
    /** The header; empty takes the component's name. */
    String value() default "";

    /** What the number means. */
    Unit unit() default Unit.NONE;

    /** Left out of tables, still in JSON. */
    boolean hidden() default false;

    /** Unit of a number. */
    enum Unit {
        /** Shown as it is. */
        NONE,
        /** Bytes, shown as KiB, MiB ... */
        BYTES,
        /** A share from 0 to 1, shown as a bar. */
        BAR,
        /** A share from 0 to 1, shown as per cent. */
        PERCENT
    }
}
