package org.cloudos.trace;

import io.opentelemetry.api.trace.Span;
import io.opentelemetry.api.trace.SpanKind;
import io.opentelemetry.api.trace.StatusCode;
import io.opentelemetry.context.Context;
import io.opentelemetry.context.Scope;
import io.opentelemetry.context.propagation.TextMapGetter;
import jakarta.servlet.AsyncEvent;
import jakarta.servlet.AsyncListener;
import jakarta.servlet.DispatcherType;
import jakarta.servlet.Filter;
import jakarta.servlet.FilterChain;
import jakarta.servlet.ServletException;
import jakarta.servlet.ServletRequest;
import jakarta.servlet.ServletResponse;
import jakarta.servlet.http.HttpServletMapping;
import jakarta.servlet.http.HttpServletRequest;
import jakarta.servlet.http.HttpServletResponse;
import java.io.IOException;
import java.util.Set;
import java.util.concurrent.atomic.AtomicBoolean;
import org.cloudos.metrics.Counter;
import org.cloudos.metrics.Definition;
import org.cloudos.metrics.Family;
import org.cloudos.metrics.Gauge;
import org.cloudos.metrics.Histogram;
import org.cloudos.metrics.Metrics;
import org.osgi.service.component.annotations.Activate;
import org.osgi.service.component.annotations.Component;
import org.osgi.service.component.annotations.Reference;
import org.slf4j.MDC;

/**
 * Stands before every servlet of the HTTP whiteboard, and counts and times its requests by route: the servlet's pattern,
 * never the path, of which there is no end. Each request is a span; the caller's {@code traceparent} is taken up
 * (W3C Trace Context). What is logged on the way has the trace's id in the MDC ({@code trace_id}, {@code span_id}).
 */
@Component(service = Filter.class, property = {"osgi.http.whiteboard.filter.pattern=/*", "osgi.http.whiteboard.filter.name=http-watch",
    "osgi.http.whiteboard.context.select=(osgi.http.whiteboard.context.name=*)", "osgi.http.whiteboard.filter.asyncSupported:Boolean=true",
    "service.ranking:Integer=10000"})
public final class HttpWatch implements Filter {
    private static final Set<String> METHODS = Set.of("GET", "HEAD", "POST", "PUT", "PATCH", "DELETE", "OPTIONS");
    /** Asked every few seconds: their spans would drive all others out. They are counted and timed. */
    private static final Set<String> PROBES = Set.of("/metrics", "/ready", "/live");
    private static final String SEEN = HttpWatch.class.getName();
    private static final int MAX_PATH = 256;
    private static final int ROUTES = 300;

    private static final TextMapGetter<HttpServletRequest> HEADERS = (request, key) -> request == null ? null : request.getHeader(key);

    private final Tracing tracing;
    private final Family<Counter> requests;
    private final Family<Histogram> durations;
    private final Gauge active;

    /** Made when HTTP is there. */
    @Activate
    public HttpWatch(@Reference Tracing tracing, @Reference Metrics metrics) {
        this.tracing = tracing;
        requests = metrics.counters(Definition.of("http_server_requests_total", "Requests that were answered, by route, method and class of the status.")
                .labels("route", "method", "code").limit(ROUTES * 4));
        durations = metrics.histograms(Definition.of("http_server_request_duration_seconds", "Time from a request to the end of its answer.")
                .labels("route").limit(ROUTES));
        active = metrics.gauge("http_server_active_requests", "Requests that are being answered.");
    }

    @Override
    public void doFilter(ServletRequest plain, ServletResponse answer, FilterChain chain) throws IOException, ServletException {
        if (!(plain instanceof HttpServletRequest request) || !(answer instanceof HttpServletResponse response)
                || request.getDispatcherType() != DispatcherType.REQUEST || request.getAttribute(SEEN) != null) {
            chain.doFilter(plain, answer);
            return;
        }
        request.setAttribute(SEEN, true);
        Context parent = tracing.getPropagators().getTextMapPropagator().extract(Context.root(), request, HEADERS);
        String route = route(request);
        String method = METHODS.contains(request.getMethod()) ? request.getMethod() : "other";
        boolean probe = PROBES.contains(route) && !Span.fromContext(parent).getSpanContext().isValid();
        Span span = probe ? Span.getInvalid() : tracing.tracer().spanBuilder(method + " " + route).setParent(parent).setSpanKind(SpanKind.SERVER)
                .setAttribute("http.request.method", method).setAttribute("http.route", route)
                .setAttribute("url.path", cut(request.getRequestURI())).setAttribute("url.scheme", request.getScheme()).startSpan();
        Ending ending = new Ending(span, route, method, response, System.nanoTime());
        active.add(1);
        if (!probe) {
            MDC.put("trace_id", span.getSpanContext().getTraceId());
            MDC.put("span_id", span.getSpanContext().getSpanId());
        }
        try (Scope _ = parent.with(span).makeCurrent()) {
            chain.doFilter(request, response);
        } catch (IOException | ServletException | RuntimeException | Error e) {
            ending.failed(e);
            throw e;
        } finally {
            MDC.remove("trace_id");
            MDC.remove("span_id");
            if (request.isAsyncStarted()) {
                request.getAsyncContext().addListener(ending);
            } else {
                ending.end();
            }
        }
    }

    /** The pattern of the servlet, after the path of its context. */
    private static String route(HttpServletRequest request) {
        HttpServletMapping mapping = request.getHttpServletMapping();
        String pattern = mapping == null || mapping.getPattern() == null ? "" : mapping.getPattern();
        String context = request.getContextPath() == null ? "" : request.getContextPath();
        return pattern.isEmpty() && context.isEmpty() ? "/" : context + pattern;
    }

    private static String cut(String path) {
        return path == null ? "" : path.length() <= MAX_PATH ? path : path.substring(0, MAX_PATH);
    }

    /** What is done once, at the answer's end. */
    private final class Ending implements AsyncListener {
        private final Span span;
        private final String route;
        private final String method;
        private final HttpServletResponse response;
        private final long begin;
        private final AtomicBoolean ended = new AtomicBoolean();
        private volatile boolean failed;

        Ending(Span span, String route, String method, HttpServletResponse response, long begin) {
            this.span = span;
            this.route = route;
            this.method = method;
            this.response = response;
            this.begin = begin;
        }

        void failed(Throwable cause) {
            failed = true;
            span.recordException(cause);
        }

        void end() {
            if (!ended.compareAndSet(false, true)) {
                return;
            }
            int status = failed && response.getStatus() < 500 ? 500 : response.getStatus();
            durations.labels(route).observe((System.nanoTime() - begin) / 1e9);
            requests.labels(route, method, status >= 100 && status < 600 ? status / 100 + "xx" : "other").inc();
            active.add(-1);
            span.setAttribute("http.response.status_code", (long) status);
            if (status >= 500) {
                span.setStatus(StatusCode.ERROR);
            }
            span.end();
        }

        @Override public void onComplete(AsyncEvent event) {
            end();
        }

        @Override public void onTimeout(AsyncEvent event) {
            failed = true;
        }

        @Override public void onError(AsyncEvent event) {
            failed(event.getThrowable() == null ? new IOException("the answer failed") : event.getThrowable());
        }

        @Override public void onStartAsync(AsyncEvent event) {
            event.getAsyncContext().addListener(this);
        }
    }
}
