package org.cloudos.cli.bench;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import org.cloudos.cli.Checkout;
import org.cloudos.cli.Console;
import org.cloudos.cli.home.Assembly;
import org.cloudos.image.Arch;
import org.cloudos.image.Image;

/** How long it takes until a person can type, how much memory that costs, and how large the image is. */
final class BootBench implements Bench {
    private static final int RUNS = 3;
    private static final String PROFILE = "minimal";

    @Override public String name() {
        return "boot";
    }

    @Override public String about() {
        return "start to prompt, hosted against Karaf and booted against a busybox init; memory; image size";
    }

    @Override public List<Measure> run(Checkout checkout, Console console) throws IOException, InterruptedException {
        Path folder = Files.createDirectories(checkout.work().resolve("bench"));
        Assembly.Assembled assembled = new Assembly(checkout, console).booted(PROFILE);
        Image.BootFiles files = new Image(Image.defaultCache(), console::say).bootFiles(assembled.home(), Arch.X86_64, PROFILE);
        List<Measure> measures = new ArrayList<>(new BootedStart().run(files, folder, console, RUNS));
        measures.addAll(new HostedStart().run(checkout, console, RUNS));
        measures.addAll(ImageSize.of(files, assembled.home(), console));
        return measures;
    }
}
