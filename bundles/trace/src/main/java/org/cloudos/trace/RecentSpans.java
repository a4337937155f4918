package org.cloudos.trace;

import io.opentelemetry.context.Context;
import io.opentelemetry.sdk.trace.ReadWriteSpan;
import io.opentelemetry.sdk.trace.ReadableSpan;
import io.opentelemetry.sdk.trace.SpanProcessor;
import io.opentelemetry.sdk.trace.data.SpanData;
import java.util.ArrayDeque;
import java.util.List;

/** The newest spans that ended, in memory. */
final class RecentSpans implements SpanProcessor {
    private final int max;
    private final ArrayDeque<SpanData> spans = new ArrayDeque<>(); // guarded by itself
    private long count;                                            // guarded by spans

    RecentSpans(int max) {
        this.max = max;
    }

    /** Oldest first. */
    List<SpanData> list() {
        synchronized (spans) {
            return List.copyOf(spans);
        }
    }

    long count() {
        synchronized (spans) {
            return count;
        }
    }

    @Override
    public void onStart(Context parent, ReadWriteSpan span) { }

    @Override
    public boolean isStartRequired() {
        return false;
    }

    @Override
    public void onEnd(ReadableSpan span) {
        if (!span.getSpanContext().isSampled()) {
            return;
        }
        SpanData data = max > 0 ? span.toSpanData() : null;
        synchronized (spans) {
            count++;
            if (data != null) {
                if (spans.size() >= max) {
                    spans.removeFirst();
                }
                spans.addLast(data);
            }
        }
    }

    @Override
    public boolean isEndRequired() {
        return true;
    }
}
