package org.cloudos.cli.bench;

import java.io.IOException;
import java.util.ArrayList;
import java.util.List;
import org.cloudos.cli.Checkout;
import org.cloudos.cli.Console;
import org.cloudos.cli.Failure;

/** How long it takes until a person can type, how much memory that costs, and how large the image is. */
final class BootBench implements Bench {
    private static final int RUNS = 5;

    @Override public String name() {
        return "boot";
    }

    @Override public String about() {
        return "start to prompt, hosted against Karaf and booted against a busybox init; memory; image size";
    }

    @Override public List<Measure> run(Checkout checkout, Console console) {
        try {
            return new ArrayList<>(new HostedStart().run(checkout, console, RUNS));
        } catch (IOException e) {
            throw new Failure("The benchmark broke: " + e.getMessage(), e);
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
            throw new Failure("The benchmark was interrupted", e);
        }
    }
}
