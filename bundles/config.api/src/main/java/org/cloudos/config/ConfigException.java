package org.cloudos.config;

import java.util.List;
import java.util.stream.Collectors;

/** Why a change was not made. What was in force stays in force. */
public abstract sealed class ConfigException extends Exception {
    private static final long serialVersionUID = 1L;

    private ConfigException(String message, Throwable cause) {
        super(message, cause);
    }

    /** The configuration that the change would lead to has errors. */
    public static final class Invalid extends ConfigException {
        private static final long serialVersionUID = 1L;
        private final transient List<Problem> problems;

        /** With at least one error among the problems. */
        public Invalid(List<Problem> problems) {
            super(problems.stream().filter(p -> p.severity() == Problem.Severity.ERROR).map(Problem::toString)
                    .collect(Collectors.joining("\n")), null);
            this.problems = List.copyOf(problems);
        }

        /** All of them, warnings too. */
        public List<Problem> problems() {
            return problems;
        }
    }

    /** It is not possible as things are: an unknown key or revision, a trial under way. */
    public static final class Refused extends ConfigException {
        private static final long serialVersionUID = 1L;

        /** The message says what was expected, what was found, what to do. */
        public Refused(String message) {
            super(message, null);
        }
    }

    /** A file can't be read or written, or Configuration Admin failed. */
    public static final class Failed extends ConfigException {
        private static final long serialVersionUID = 1L;

        /** The message names the file. */
        public Failed(String message, Throwable cause) {
            super(message, cause);
        }
    }
}
