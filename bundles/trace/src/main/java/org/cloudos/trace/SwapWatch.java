package org.cloudos.trace;

import io.opentelemetry.api.trace.Span;
import io.opentelemetry.api.trace.StatusCode;
import io.opentelemetry.context.Context;
import java.util.List;
import java.util.Optional;
import org.cloudos.kernel.swap.Change;
import org.cloudos.kernel.swap.ChangeListener;
import org.osgi.service.component.annotations.Activate;
import org.osgi.service.component.annotations.Component;
import org.osgi.service.component.annotations.Deactivate;
import org.osgi.service.component.annotations.Reference;

/** Each change of bundles as a span, its steps as children of it. */
@Component
public final class SwapWatch implements ChangeListener {
    private final Tracing tracing;
    private Span change; // guarded by this
    private Span step;   // guarded by this

    /** Waits for changes. */
    @Activate
    public SwapWatch(@Reference Tracing tracing) {
        this.tracing = tracing;
    }

    @Override
    public synchronized void began(String kind, List<String> what) {
        change = tracing.tracer().spanBuilder(kind + " " + (what.isEmpty() ? "" : what.getFirst())).setNoParent()
                .setAttribute("cloudos.change.what", String.join(", ", what)).startSpan();
    }

    @Override
    public synchronized void progress(String line) {
        if (change == null) {
            return;
        }
        endStep();
        step = tracing.tracer().spanBuilder(line).setParent(Context.root().with(change)).startSpan();
    }

    @Override
    public synchronized void ended(Optional<Change> outcome) {
        if (change == null) {
            return;
        }
        endStep();
        if (outcome.isEmpty()) {
            change.setStatus(StatusCode.ERROR, "refused");
        } else {
            Change done = outcome.get();
            change.setAttribute("cloudos.change.number", done.number()).setAttribute("cloudos.change.outcome", done.outcome().name())
                    .setAttribute("cloudos.change.stall_ms", done.stall().toMillis()).setAttribute("cloudos.change.calls_held", done.callsHeld())
                    .setAttribute("cloudos.change.calls_failed", done.callsFailed());
            if (done.outcome() != Change.Outcome.COMMITTED) {
                change.setStatus(StatusCode.ERROR, done.reason());
            }
        }
        change.end();
        change = null;
    }

    private void endStep() {
        if (step != null) {
            step.end();
            step = null;
        }
    }

    @Deactivate
    synchronized void close() {
        endStep();
        if (change != null) {
            change.end();
            change = null;
        }
    }
}
