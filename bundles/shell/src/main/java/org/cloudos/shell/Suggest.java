package org.cloudos.shell;

import java.lang.annotation.ElementType;
import java.lang.annotation.Retention;
import java.lang.annotation.RetentionPolicy;
import java.lang.annotation.Target;

/** What the shell completes for a command's argument, or for the value of its option. */
@Retention(RetentionPolicy.RUNTIME)
@Target(ElementType.PARAMETER)
public @interface Suggest {
    /** Kinds of words. */
    Kind[] value() default {};

    /** Fixed words. */
    String[] words() default {};

    /**
     * Name of a source of words: a service {@code java.util.function.Function<String, List<String>>} with this value of the property
     * {@link #SOURCE}, which gets the word that is typed and gives those it could become; one that ends with a slash or an equals sign goes on.
     */
    String from() default "";

    /** Property of a source of words. */
    String SOURCE = "cloudos.suggest";

    /** Where the words come from. */
    enum Kind {
        /** Symbolic names of the installed bundles. */
        BUNDLES,
        /** Files and folders. */
        FILES,
        /** Names of commands. */
        COMMANDS
    }
}
