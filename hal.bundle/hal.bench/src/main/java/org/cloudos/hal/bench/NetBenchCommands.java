package org.cloudos.hal.bench;

import java.io.IOException;
import java.util.List;
import java.util.concurrent.Callable;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.FutureTask;
import java.util.concurrent.TimeUnit;
import org.apache.felix.service.command.Descriptor;
import org.apache.felix.service.command.Parameter;
import org.apache.felix.service.command.annotations.GogoCommand;
import org.cloudos.hal.net.NetDevice;
import org.cloudos.shell.Example;
import org.cloudos.shell.Json;
import org.osgi.framework.BundleContext;
import org.osgi.service.component.annotations.Activate;
import org.osgi.service.component.annotations.Component;

/** Measures and checks network devices. */
@Component(service = NetBenchCommands.class)
@GogoCommand(scope = "bench", function = {"send", "receive", "pair"})
public final class NetBenchCommands {
    private static final long LIMIT_NS = TimeUnit.MINUTES.toNanos(30);
    private final BundleContext context;

    /** Both ends of bench:pair. */
    public record Pair(Object sent, Object received) { }

    @Activate public NetBenchCommands(BundleContext context) {
        this.context = context;
    }

    /** Sends. */
    @Descriptor("sends numbered frames to all; the other end's bench:receive checks them")
    @Example("bench:send vnet0 --frames 100000 --size 1514")
    public Object send(@Parameter(names = "--frames", absentValue = "100000") @Descriptor("how many") long frames,
            @Parameter(names = "--size", absentValue = "0") @Descriptor("bytes of each; 0 for all sizes that the device takes") int size,
            @Parameter(names = "--vlan", absentValue = "0") @Descriptor("number of a VLAN whose tag the frames have; 0 for none") int vlan,
            @Parameter(names = "--json", presentValue = "true", absentValue = "false") @Descriptor("print JSON") boolean json,
            @Descriptor("the device's name") String device) throws IOException, InterruptedException {
        try (Used<NetDevice> used = Used.net(context, device)) {
            return Json.when(json, NetLoad.send(used.service(), new NetLoad.Order(frames, size, vlan), NetLoad.BROADCAST, LIMIT_NS));
        }
    }

    /** Receives. */
    @Descriptor("receives numbered frames and checks that none is lost, doubled or damaged")
    @Example("bench:receive vnet0 --frames 100000 --quiet 10")
    public Object receive(@Parameter(names = "--frames", absentValue = "100000") @Descriptor("how many") long frames,
            @Parameter(names = "--quiet", absentValue = "10") @Descriptor("gives up after so many seconds without a frame") long quiet,
            @Parameter(names = "--answer", absentValue = "0") @Descriptor("answers after so many frames, for a sender that waits; 0 for never") int answer,
            @Parameter(names = "--json", presentValue = "true", absentValue = "false") @Descriptor("print JSON") boolean json,
            @Descriptor("the device's name") String device) throws IOException, InterruptedException {
        try (Used<NetDevice> used = Used.net(context, device)) {
            return Json.when(json, Receiving.run(used.service(), frames, answer, TimeUnit.SECONDS.toNanos(quiet)));
        }
    }

    /** Sends by one device and receives by another. */
    @Descriptor("sends numbered frames by one device and checks them at another that is joined to it; fails when one is lost or damaged")
    @Example("bench:pair vnet0 e0 --frames 100000")
    public Object pair(@Parameter(names = "--frames", absentValue = "100000") @Descriptor("how many") long frames,
            @Parameter(names = "--size", absentValue = "0") @Descriptor("bytes of each; 0 for all sizes that the sender takes") int size,
            @Parameter(names = "--vlan", absentValue = "0") @Descriptor("number of a VLAN whose tag the frames have; 0 for none") int vlan,
            @Parameter(names = "--json", presentValue = "true", absentValue = "false") @Descriptor("print JSON") boolean json,
            @Descriptor("the device that sends") String from, @Descriptor("the device that receives") String to)
            throws IOException, InterruptedException, ExecutionException {
        try (Used<NetDevice> sender = Used.net(context, from); Used<NetDevice> receiver = Used.net(context, to)) {
            return pair(sender.service(), receiver.service(), new NetLoad.Order(frames, size, vlan), json);
        }
    }

    private static Object pair(NetDevice sender, NetDevice receiver, NetLoad.Order order, boolean json)
            throws IOException, InterruptedException, ExecutionException {
        NetLoad.drain(receiver);
        Callable<NetLoad.Received> receiving = () -> Receiving.run(receiver, order.frames(), 0, TimeUnit.SECONDS.toNanos(10));
        FutureTask<NetLoad.Received> received = new FutureTask<>(receiving);
        Thread.ofPlatform().daemon().name("bench receive").start(received);
        NetLoad.Sent sent = NetLoad.send(sender, order, NetLoad.BROADCAST, LIMIT_NS);
        NetLoad.Received r = received.get();
        if (r.frames() != order.frames() || r.damaged() + r.disorder() > 0) {
            throw new IOException("expected " + order.frames() + " frames whole and in order, found " + r);
        }
        return json ? Json.when(true, new Pair(sent, r)) : List.of(sent.toString(), r.toString());
    }
}
