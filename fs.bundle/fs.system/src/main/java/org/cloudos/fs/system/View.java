package org.cloudos.fs.system;

import java.util.Map;
import java.util.function.Supplier;

/** What is shown: made anew each time that somebody looks. */
sealed interface View {
    /** A folder; names that hold a slash are shown with {@code _} in its place. */
    record Folder(Supplier<Map<String, View>> entries) implements View { }

    /** A file of text. */
    record Text(Supplier<String> content) implements View { }
}
