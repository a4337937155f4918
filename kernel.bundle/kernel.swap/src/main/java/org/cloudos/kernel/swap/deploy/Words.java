package org.cloudos.kernel.swap.deploy;

import java.lang.reflect.InvocationTargetException;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.ExecutionException;

/** What went wrong, in one line, without the wrappers. */
final class Words {
    private Words() { }

    static String of(Throwable failure) {
        List<String> parts = new ArrayList<>();
        for (Throwable t = failure; t != null && parts.size() < 4; t = t.getCause()) {
            boolean wrapper = t.getCause() != null
                    && (t instanceof InvocationTargetException || t instanceof ExecutionException);
            if (wrapper) continue;
            String message = t.getMessage() == null ? t.getClass().getSimpleName() : t.getMessage();
            boolean plain = t.getMessage() == null || t.getClass().getName().startsWith("org.osgi.")
                    || t instanceof Transaction.Failed || t instanceof IllegalStateException || t instanceof IllegalArgumentException;
            String part = plain ? message : t.getClass().getSimpleName() + ": " + message;
            if (parts.stream().noneMatch(p -> p.contains(message))) parts.add(part);
        }
        return String.join(": ", parts);
    }
}
