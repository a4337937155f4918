package org.cloudos.test.system;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import com.google.gson.JsonElement;
import com.google.gson.JsonObject;
import com.google.gson.JsonParser;
import java.io.IOException;
import java.time.Duration;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.Executor;
import java.util.concurrent.TimeUnit;

/** Frames between a machine's network cards and the host, whole, in order, none lost. */
record FrameVisit(Machine machine, long frames) {
    private static final Duration LIMIT = Duration.ofMinutes(30);
    private static final int VLAN = 5, WINDOW = 128;
    /** Both ends of a cable at once, on a machine with few processors too: the common pool may have one thread. */
    static final Executor THREADS = Thread::startVirtualThread;

    /** All sizes both ways, with and without a VLAN's tag. @return what both ends counted */
    String exchange(FramePeer peer, String device, int largest) throws Exception {
        StringBuilder found = new StringBuilder();
        for (int vlan : new int[] {0, VLAN}) {
            CompletableFuture<Command> sending = start("bench:send --frames " + frames + " --vlan " + vlan + " " + device + " --json");
            peer.expect(frames, vlan);
            found.append(ended(sending)).append('\n');
            found.append(receive(peer, device, largest, WINDOW, vlan)).append('\n');
        }
        return found.toString();
    }

    /** @param window frames on their way at most: what the card has room for */
    String receive(FramePeer peer, String device, int largest, int window, int vlan) throws Exception {
        CompletableFuture<Command> receiving = start(receiver(device, frames, window / 2));
        peer.send(frames, largest, window, vlan);
        return allCame(receiving, frames);
    }

    private static String receiver(String device, long frames, int answer) {
        return "bench:receive --quiet 120 --answer " + answer + " --frames " + frames + " " + device + " --json";
    }

    private static String allCame(CompletableFuture<Command> receiving, long frames) throws Exception {
        String text = ended(receiving);
        JsonObject received = JsonParser.parseString(text).getAsJsonObject();
        for (String what : new String[] {"lost", "disorder", "damaged"}) {
            assertEquals(0, received.get(what).getAsLong(), text);
        }
        assertEquals(frames, received.get("frames").getAsLong(), text);
        return text;
    }

    private static String ended(CompletableFuture<Command> command) throws Exception {
        return command.get(LIMIT.toMinutes(), TimeUnit.MINUTES).expect(0).out().strip();
    }

    private CompletableFuture<Command> start(String command) {
        return CompletableFuture.supplyAsync(() -> {
            try {
                return machine.ssh(LIMIT, command);
            } catch (IOException | InterruptedException e) {
                throw new AssertionError(e);
            }
        }, THREADS);
    }

    /** Nobody reads at one end, then at the other, until all between is full: who sends waits, and nothing is lost. */
    void fillsTheRing(FramePeer peer, String device) throws Exception {
        long many = 20_000; // more bytes than both sockets and the ring hold
        long before = sent(device);
        CompletableFuture<Command> sending = start("bench:send --frames " + many + " --size 1514 " + device + " --json");
        long seen = before;
        for (long now = sent(device); (now == before || now != seen) && !sending.isDone(); now = sent(device)) {
            seen = now; // it goes on: not full yet
        }
        peer.expect(many, 0);
        ended(sending);
        CompletableFuture<Void> filling = CompletableFuture.runAsync(() -> {
            try {
                peer.send(many, 1518, FramePeer.UNLIMITED, 0);
            } catch (IOException e) {
                throw new AssertionError(e);
            }
        }, THREADS);
        allCame(start(receiver(device, many, 0)), many);
        filling.get(LIMIT.toMinutes(), TimeUnit.MINUTES);
    }

    private long sent(String device) throws Exception {
        String address = "";
        for (JsonElement e : machine.json("hal:devices").getAsJsonArray()) {
            address = e.getAsJsonObject().get("offers").getAsString().equals(device) ? e.getAsJsonObject().get("address").getAsString() : address;
        }
        for (JsonElement e : machine.json("hal:counters").getAsJsonArray()) {
            JsonObject counter = e.getAsJsonObject();
            if (counter.get("address").getAsString().equals(address) && counter.get("name").getAsString().equals("sent")) {
                return counter.get("value").getAsLong();
            }
        }
        throw new AssertionError(device + " has no counter of what it sent");
    }

    /** The next version of a driver comes while frames go out, then another while frames come: those who use it wait, and no frame is lost. */
    String swaps(FramePeer peer, String device, NextVersion first, NextVersion second) throws Exception {
        CompletableFuture<Command> sending = start("bench:send --frames " + frames + " --size 1000 " + device + " --json");
        CompletableFuture<Void> checking = CompletableFuture.runAsync(() -> {
            try {
                peer.expect(frames, 0);
            } catch (IOException e) {
                throw new AssertionError(e);
            }
        }, THREADS);
        checking.whenComplete((all, why) -> {
            if (why != null) {
                sending.completeExceptionally(why); // which waits for room else
            }
        });
        machine.deploy(first.jar()).expect(0);
        assertTrue(!sending.isDone(), "the swap came after the last frame: more frames are needed");
        String out = ended(sending);
        checking.get(LIMIT.toMinutes(), TimeUnit.MINUTES);
        CompletableFuture<Command> receiving = start(receiver(device, frames, WINDOW / 2));
        CompletableFuture<Void> coming = CompletableFuture.runAsync(() -> {
            try {
                peer.send(frames, 1518, WINDOW, 0);
            } catch (IOException e) {
                throw new AssertionError(e);
            }
        }, THREADS);
        machine.deploy(second.jar()).expect(0);
        assertTrue(!receiving.isDone(), "the swap came after the last frame: more frames are needed");
        coming.get(LIMIT.toMinutes(), TimeUnit.MINUTES);
        return "sending " + out + "\nreceiving " + allCame(receiving, frames) + "\n";
    }
}
