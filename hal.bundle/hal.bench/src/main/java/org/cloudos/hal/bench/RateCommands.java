package org.cloudos.hal.bench;

import java.io.IOException;
import java.util.Map;
import org.apache.felix.service.command.Descriptor;
import org.apache.felix.service.command.Parameter;
import org.apache.felix.service.command.annotations.GogoCommand;
import org.cloudos.hal.net.NetDevice;
import org.cloudos.hal.net.NetDriver;
import org.cloudos.shell.Example;
import org.cloudos.shell.Json;
import org.osgi.framework.BundleContext;
import org.osgi.service.component.annotations.Activate;
import org.osgi.service.component.annotations.Component;

/** How many frames a second, by a driver of ours and by Linux's; what the rings of drivers cost by themselves. */
@Component(service = RateCommands.class)
@GogoCommand(scope = "bench", function = {"frames", "linuxframes", "rings"})
public final class RateCommands {
    private static final String OVER_LINUX = "bench-linux";
    private static final int MORE_SECONDS = 3;
    private final BundleContext context;

    @Activate public RateCommands(BundleContext context) {
        this.context = context;
    }

    /** Ours. */
    @Descriptor("frames of one size, as many as go: out, to all; or in, which a peer at the other end sends when it is asked (./cloudos bench drivers has one)")
    @Example({"bench:frames out e0", "bench:frames in e0 --size 1514"})
    public Object frames(
            @Parameter(names = "--size", absentValue = "60") @Descriptor("bytes of a frame") int size,
            @Parameter(names = "--seconds", absentValue = "5") @Descriptor("how long it is measured") int seconds,
            @Parameter(names = "--json", presentValue = "true", absentValue = "false") @Descriptor("print JSON") boolean json,
            @Descriptor("out or in") String direction, @Descriptor("the device's name") String device) throws IOException, InterruptedException {
        long nanos = checked(seconds) * 1_000_000_000L;
        try (Used<NetDevice> used = Used.net(context, device)) {
            FrameRate rate = new FrameRate(used.service(), size);
            return Json.when(json, isOut(direction) ? rate.out(nanos) : rate.in(nanos));
        }
    }

    /** Linux's. */
    @Descriptor("the same load as bench:frames on an interface that Linux drives, by AF_PACKET: trafgen and netsniff-ng; turns the interface on")
    @Example("bench:linuxframes out 0000:00:11.0")
    public Object linuxframes(
            @Parameter(names = "--size", absentValue = "60") @Descriptor("bytes of a frame") int size,
            @Parameter(names = "--seconds", absentValue = "5") @Descriptor("how long it is measured") int seconds,
            @Parameter(names = "--json", presentValue = "true", absentValue = "false") @Descriptor("print JSON") boolean json,
            @Descriptor("out or in") String direction, @Descriptor("the device's PCI address") String address) throws IOException, InterruptedException {
        String link = LinuxFrames.link(address);
        LinuxFrames load = new LinuxFrames(link, size);
        checked(seconds);
        boolean out = isOut(direction);
        try (Used<NetDriver> driver = Used.netDriver(context, "packet")) {
            driver.service().create(OVER_LINUX, Map.of("interface", link, "up", "true"));
            try {
                if (!out) {
                    ask(load, seconds);
                }
            } finally {
                driver.service().remove(OVER_LINUX);
            }
        }
        return Json.when(json, out ? load.out(seconds) : load.in(seconds));
    }

    private void ask(LinuxFrames load, int seconds) throws IOException, InterruptedException {
        try (Used<NetDevice> used = Used.net(context, OVER_LINUX)) {
            load.ask(used.service(), seconds + MORE_SECONDS);
        }
    }

    /** Rings alone. */
    @Descriptor("what the drivers' ring code costs, on memory and without a device; run it hosted, an emulator tells nothing")
    @Example("bench:rings --batch 1")
    public Object rings(
            @Parameter(names = "--batch", absentValue = "32") @Descriptor("requests that are handed over at once, up to 128") int batch,
            @Parameter(names = "--seconds", absentValue = "6") @Descriptor("how long it is measured") int seconds,
            @Parameter(names = "--json", presentValue = "true", absentValue = "false") @Descriptor("print JSON") boolean json)
            throws IOException, InterruptedException {
        if (batch < 1 || batch > 128) {
            throw new IllegalArgumentException("--batch: expected 1 to 128, found " + batch);
        }
        return Json.when(json, RingLoad.run(batch, checked(seconds)));
    }

    private static int checked(int seconds) {
        if (seconds < 1 || seconds > 600) {
            throw new IllegalArgumentException("--seconds: expected 1 to 600, found " + seconds);
        }
        return seconds;
    }

    private static boolean isOut(String direction) {
        return switch (direction) {
            case "out" -> true;
            case "in" -> false;
            default -> throw new IllegalArgumentException("expected out or in, found " + direction);
        };
    }
}
