package org.cloudos.greeter.load;

import java.util.concurrent.atomic.AtomicReference;
import org.apache.felix.service.command.Descriptor;
import org.apache.felix.service.command.Parameter;
import org.apache.felix.service.command.annotations.GogoCommand;
import org.cloudos.greeter.Greeter;
import org.cloudos.shell.Example;
import org.cloudos.shell.Json;
import org.osgi.framework.BundleContext;
import org.osgi.service.component.annotations.Activate;
import org.osgi.service.component.annotations.Component;
import org.osgi.service.component.annotations.Deactivate;
import org.osgi.service.component.annotations.Reference;

/** Calls the greeter through a plain reference: it is swapped under these calls, and they know nothing of it. */
@Component(service = GreeterCommands.class, immediate = true) // so that it outlives a command
@GogoCommand(scope = "greeter", function = {"greet", "load", "start", "stop", "cost"})
public final class GreeterCommands {
    private final BundleContext context;
    private final Greeter greeter;
    private final AtomicReference<Load> running = new AtomicReference<>();

    @Activate
    public GreeterCommands(BundleContext context, @Reference Greeter greeter) {
        this.context = context;
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
        if (seconds < 1) throw new IllegalArgumentException("--seconds: expected 1 or more, found " + seconds);
        Load load = new Load(greeter, threads, rate);
        try {
            Thread.sleep(seconds * 1000L);
        } finally {
            load.stop();
        }
        return Json.when(json, load.stop());
    }

    /** Many calls, while other commands run. */
    @Descriptor("starts calling the greeter from several threads; greeter:stop ends it")
    @Example("greeter:start --rate 12000")
    public String start(
            @Parameter(names = {"-t", "--threads"}, absentValue = "4") @Descriptor("threads that call") int threads,
            @Parameter(names = {"-r", "--rate"}, absentValue = "0") @Descriptor("calls a second of all threads together; 0: as many as go") int rate) {
        if (running.get() != null) throw new IllegalStateException("A load is running already; greeter:stop ends it");
        running.set(new Load(greeter, threads, rate));
        return "Calling from " + threads + " threads. greeter:stop ends it.";
    }

    /** The end of it. */
    @Descriptor("ends what greeter:start started, and tells what came of it")
    @Example({"greeter:stop", "greeter:stop --json"})
    public Object stop(
            @Parameter(names = "--json", presentValue = "true", absentValue = "false") @Descriptor("print JSON") boolean json)
            throws InterruptedException {
        Load load = running.getAndSet(null);
        if (load == null) throw new IllegalStateException("No load is running; greeter:start starts one");
        return Json.when(json, load.stop());
    }

    /** What a gate costs. */
    @Descriptor("measures what a call costs through its gate, and without; takes about a second")
    @Example({"greeter:cost", "greeter:cost --json"})
    public Object cost(
            @Parameter(names = "--json", presentValue = "true", absentValue = "false") @Descriptor("print JSON") boolean json) {
        return Json.when(json, CallCost.measure(context));
    }

    @Deactivate
    void end() throws InterruptedException {
        Load load = running.getAndSet(null);
        if (load != null) load.stop();
    }
}
