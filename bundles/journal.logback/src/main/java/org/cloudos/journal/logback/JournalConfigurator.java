package org.cloudos.journal.logback;

import ch.qos.logback.classic.Level;
import ch.qos.logback.classic.Logger;
import ch.qos.logback.classic.LoggerContext;
import ch.qos.logback.classic.spi.Configurator;
import ch.qos.logback.classic.spi.ConfiguratorRank;
import ch.qos.logback.classic.spi.ILoggingEvent;
import ch.qos.logback.core.spi.ContextAwareBase;
import java.util.function.Consumer;

/**
 * Logback's configuration, found by ServiceLoader: everything from INFO up goes to the journal, or waits for it. Who names a
 * file with {@code logback.configurationFile} has that instead, and the journal beside it.
 */
@ConfiguratorRank(ConfiguratorRank.CUSTOM_HIGH_PRIORITY)
public final class JournalConfigurator extends ContextAwareBase implements Configurator {
    /** For ServiceLoader. */
    public JournalConfigurator() { }

    @Override public ExecutionStatus configure(LoggerContext context) {
        if (System.getProperty("logback.configurationFile") != null) {
            return ExecutionStatus.INVOKE_NEXT_IF_ANY;
        }
        context.getLogger(Logger.ROOT_LOGGER_NAME).setLevel(Level.INFO);
        appender(context);
        return ExecutionStatus.DO_NOT_INVOKE_NEXT_IF_ANY;
    }

    /** The one that is there, whichever version of this bundle put it in; else a new one. */
    @SuppressWarnings("unchecked") // by its name it is ours
    static Consumer<Consumer<ILoggingEvent>> appender(LoggerContext context) {
        Logger root = context.getLogger(Logger.ROOT_LOGGER_NAME);
        if (root.getAppender(JournalAppender.NAME) instanceof Consumer<?> there) {
            return (Consumer<Consumer<ILoggingEvent>>) there;
        }
        JournalAppender appender = new JournalAppender(context);
        appender.start();
        root.addAppender(appender);
        return appender;
    }
}
