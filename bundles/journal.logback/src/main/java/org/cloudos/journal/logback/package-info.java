/**
 * The ways into the journal for whoever logs: SLF4J with Logback, the OSGi log, {@code java.util.logging}.
 *
 * <p>Logback is configured by {@link org.cloudos.journal.logback.JournalConfigurator}, which it finds when the first logger is
 * asked for, long before components start. What comes before the journal is there waits in {@link org.cloudos.journal.logback.JournalAppender}.
 */
package org.cloudos.journal.logback;
