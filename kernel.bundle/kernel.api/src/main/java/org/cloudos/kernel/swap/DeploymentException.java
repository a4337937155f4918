package org.cloudos.kernel.swap;

/** Why a change did not happen. The system is as it was before. */
public sealed class DeploymentException extends Exception {
    private static final long serialVersionUID = 1L;

    private DeploymentException(String message, Throwable cause) {
        super(message, cause);
    }

    /** The jar is not a bundle, is damaged, or does not have the digest that was asked for. */
    public static final class BadJar extends DeploymentException {
        private static final long serialVersionUID = 1L;

        public BadJar(String message, Throwable cause) {
            super(message, cause);
        }
    }

    /** A requirement has no provider; the message says which, of which bundle, and what is there instead. */
    public static final class Unresolvable extends DeploymentException {
        private static final long serialVersionUID = 1L;

        public Unresolvable(String message) {
            super(message, null);
        }
    }

    /** The store can't take it: no space, or the medium fails. */
    public static final class StoreFailed extends DeploymentException {
        private static final long serialVersionUID = 1L;

        public StoreFailed(String message, Throwable cause) {
            super(message, cause);
        }
    }

    /** It did not start, did not take the state, or was not healthy; the old versions run again. */
    public static final class TakenBack extends DeploymentException {
        private static final long serialVersionUID = 1L;
        private final transient Change change;

        public TakenBack(String message, Throwable cause, Change change) {
            super(message, cause);
            this.change = change;
        }

        /** What was tried and what it cost. */
        public Change change() {
            return change;
        }
    }

    /** Nothing to do it to: no such bundle, or no earlier version. */
    public static final class NotFound extends DeploymentException {
        private static final long serialVersionUID = 1L;

        public NotFound(String message) {
            super(message, null);
        }
    }
}
