package org.cloudos.greeter.plain;

import java.util.concurrent.atomic.AtomicLong;
import org.cloudos.greeter.Greeter;
import org.osgi.service.component.annotations.Component;

/** A component like anybody's: it knows nothing of CloudOS, so its count starts anew when it is swapped. */
@Component
public final class PlainGreeter implements Greeter {
    private final AtomicLong count = new AtomicLong();

    @Override
    public String greet(String who) {
        return "Plainly hello, " + who + "! (" + count.incrementAndGet() + ")";
    }
}
