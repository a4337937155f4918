package org.cloudos.greeter.load;

import java.time.Duration;
import org.apache.felix.service.command.Descriptor;
import org.apache.felix.service.command.Parameter;
import org.apache.felix.service.command.annotations.GogoCommand;
import org.cloudos.greeter.Greeter;
import org.cloudos.shell.Example;
import org.cloudos.shell.Json;
import org.osgi.service.component.annotations.Activate;
import org.osgi.service.component.annotations.Component;
import org.osgi.service.component.annotations.Reference;

/** Calls the greeter through a plain reference: it is swapped under these calls, and they know nothing of it. */
@Component(service = GreeterCommands.class)
@GogoCommand(scope = "greeter", function = {"greet", "load"})
public final class GreeterCommands {
    private final Greeter greeter;

    @Activate
    public GreeterCommands(@Reference Greeter greeter) {
        this.greeter = greeter;
    }

    /** One call. */
    @Descriptor("greets somebody")
    @Example("greeter:greet World")
    public String greet(@Descriptor("whom") String who) {
        return greeter.greet(who);
    }

    /** Many calls. */
    @Descriptor("calls the greeter from several threads, and tells how many calls failed and how long the longest took")
    @Example({"greeter:load", "greeter:load --threads 8 --seconds 30 --rate 20000 --json"})
    public Object load(
            @Parameter(names = {"-t", "--threads"}, absentValue = "4") @Descriptor("threads that call") int threads,
            @Parameter(names = {"-s", "--seconds"}, absentValue = "10") @Descriptor("how long") int seconds,
            @Parameter(names = {"-r", "--rate"}, absentValue = "0") @Descriptor("calls a second of all threads together; 0: as many as go") int rate,
            @Parameter(names = "--json", presentValue = "true", absentValue = "false") @Descriptor("print JSON") boolean json)
            throws InterruptedException {
        return Json.when(json, new Load(threads, Duration.ofSeconds(seconds), rate).run(greeter));
    }
}
