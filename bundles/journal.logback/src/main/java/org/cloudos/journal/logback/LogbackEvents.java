package org.cloudos.journal.logback;

import ch.qos.logback.classic.Level;
import ch.qos.logback.classic.spi.ILoggingEvent;
import ch.qos.logback.classic.spi.IThrowableProxy;
import ch.qos.logback.classic.spi.ThrowableProxy;
import ch.qos.logback.classic.spi.ThrowableProxyUtil;
import java.time.Instant;
import java.util.List;
import java.util.Map;
import java.util.function.Consumer;
import org.cloudos.journal.Entry;
import org.cloudos.journal.Journal;
import org.slf4j.Marker;
import org.slf4j.event.KeyValuePair;

/**
 * Logback's events as records of the journal: MDC and key-values are values, {@code trace_id} of the MDC is the trace. Whose
 * logger it is, is found out only here: when an event was made there may have been no framework.
 */
final class LogbackEvents implements Consumer<ILoggingEvent> {
    private final Journal journal;
    private final Owners owners;

    LogbackEvents(Journal journal, Owners owners) {
        this.journal = journal;
        this.owners = owners;
    }

    @Override public void accept(ILoggingEvent event) {
        Owners.Owner owner = owners.of(event.getLoggerName());
        journal.append(entry(event, owner));
    }

    static Entry entry(ILoggingEvent event, Owners.Owner owner) {
        Entry.Builder entry = Entry.at(level(event.getLevel()), String.valueOf(event.getFormattedMessage())).time(time(event))
                .thread(String.valueOf(event.getThreadName())).logger(event.getLoggerName()).bundle(owner.bundle()).subsystem(owner.subsystem());
        Map<String, String> mdc = event.getMDCPropertyMap();
        if (mdc != null && !mdc.isEmpty()) {
            mdc.forEach((key, value) -> put(entry, key, value));
        }
        List<KeyValuePair> pairs = event.getKeyValuePairs();
        if (pairs != null) {
            pairs.forEach(pair -> put(entry, pair.key, text(pair.value)));
        }
        List<Marker> markers = event.getMarkerList();
        if (markers != null && !markers.isEmpty()) {
            entry.with("marker", String.join(" ", markers.stream().map(Marker::getName).toList()));
        }
        IThrowableProxy thrown = event.getThrowableProxy();
        if (thrown instanceof ThrowableProxy proxy && proxy.getThrowable() != null) {
            entry.exception(proxy.getThrowable());
        } else if (thrown != null) {
            entry.exception(ThrowableProxyUtil.asString(thrown).strip().replace("\t", "  "));
        }
        return entry.build();
    }

    private static void put(Entry.Builder entry, String key, String value) {
        if (key == null || value == null) {
            return;
        }
        if (key.equals("trace_id") || key.equals("traceId")) {
            entry.trace(value);
        } else {
            entry.with(key, value);
        }
    }

    /** A value's own method may fail. */
    private static String text(Object value) {
        try {
            return String.valueOf(value);
        } catch (RuntimeException e) {
            return value.getClass().getName() + " (toString failed: " + e + ")";
        }
    }

    private static long time(ILoggingEvent event) {
        Instant instant = event.getInstant();
        return instant == null ? event.getTimeStamp() * 1_000_000 : Entry.nanos(instant);
    }

    static org.cloudos.journal.Level level(Level level) {
        return switch (level.toInt()) {
            case Level.TRACE_INT -> org.cloudos.journal.Level.TRACE;
            case Level.DEBUG_INT -> org.cloudos.journal.Level.DEBUG;
            case Level.WARN_INT -> org.cloudos.journal.Level.WARN;
            case Level.ERROR_INT -> org.cloudos.journal.Level.ERROR;
            default -> org.cloudos.journal.Level.INFO;
        };
    }
}
