package org.cloudos.greeter.counting;

import java.io.IOException;
import java.io.InputStream;
import java.nio.charset.StandardCharsets;
import java.util.concurrent.atomic.AtomicLong;
import org.cloudos.greeter.Greeter;
import org.cloudos.kernel.swap.HandOver;
import org.osgi.service.component.annotations.Activate;
import org.osgi.service.component.annotations.Component;

/** Counts whom it greeted, and hands the count over to the version that replaces it. */
@Component(service = {Greeter.class, HandOver.class})
public final class CountingGreeter implements Greeter, HandOver {
    private final AtomicLong count = new AtomicLong();
    private final String text;

    @Activate
    public CountingGreeter() throws IOException {
        try (InputStream in = CountingGreeter.class.getResourceAsStream("greeting.txt")) {
            text = new String(in.readAllBytes(), StandardCharsets.UTF_8).strip();
        }
    }

    @Override
    public String greet(String who) {
        return text + ", " + who + "! (" + count.incrementAndGet() + ")";
    }

    @Override
    public State handOver() {
        return new State(1, count.get());
    }

    @Override
    public void takeOver(State state) {
        if (state.version() != 1 || !(state.value() instanceof Long greeted)) {
            throw new IllegalArgumentException("expected the count, version 1; found version " + state.version());
        }
        count.set(greeted);
    }
}
