package org.cloudos.test.system;

import static org.junit.jupiter.api.Assertions.assertEquals;

import com.google.gson.JsonElement;
import com.google.gson.JsonObject;
import com.google.gson.JsonParser;
import java.time.Duration;
import java.util.List;
import java.util.concurrent.Callable;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.Executor;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicBoolean;

/** Frames between a machine's network cards and the host, whole, in order, none lost. */
record FrameVisit(Machine machine, long frames) {
    private static final Duration LIMIT = Duration.ofMinutes(30);
    private static final int VLAN = 5, WINDOW = 128;
    private static final long ENDLESS = 1_000_000_000, MANY = 20_000; // more bytes than both sockets and the ring hold
    /** Both ends of a cable at once, on a machine with few processors too: the common pool may have one thread. */
    static final Executor THREADS = Thread::startVirtualThread;

    /** All sizes both ways, with and without a VLAN's tag. @return what both ends counted */
    String exchange(FramePeer peer, String device, int largest) throws Exception {
        StringBuilder found = new StringBuilder();
        for (int vlan : new int[] {0, VLAN}) {
            CompletableFuture<String> sending = start("bench:send --frames " + frames + " --vlan " + vlan + " " + device + " --json");
            found.append(ended(sending, outside(() -> peer.expect(frames, vlan)))).append('\n');
            found.append(receive(peer, device, largest, WINDOW, vlan)).append('\n');
        }
        return found.toString();
    }

    /** @param window frames on their way at most: what the card has room for */
    String receive(FramePeer peer, String device, int largest, int window, int vlan) throws Exception {
        CompletableFuture<String> receiving = start(receiver(device, frames, window / 2));
        return allCame(ended(receiving, outside(() -> peer.send(frames, largest, window, vlan))), frames);
    }

    private static String receiver(String device, long frames, int answer) {
        return "bench:receive --quiet 120 --answer " + answer + " --frames " + frames + " " + device + " --json";
    }

    private static String allCame(String text, long frames) {
        return cameBut(0, text, frames);
    }

    private static String cameBut(long lost, String text, long frames) {
        JsonObject received = JsonParser.parseString(text).getAsJsonObject();
        assertEquals(lost, received.get("lost").getAsLong(), text);
        assertEquals(0, received.get("disorder").getAsLong() + received.get("damaged").getAsLong(), text);
        assertEquals(frames - lost, received.get("frames").getAsLong(), text);
        return text;
    }

    /** What the machine's end says when both have ended. */
    private static String ended(CompletableFuture<String> inside, CompletableFuture<?> outside) throws Exception {
        return both(inside, outside).get(LIMIT.toMinutes(), TimeUnit.MINUTES);
    }

    /** Done when both are; failed as soon as one is, and when the machine's is done and the other still waits. */
    private static CompletableFuture<String> both(CompletableFuture<String> inside, CompletableFuture<?> outside) {
        CompletableFuture<String> done = new CompletableFuture<>();
        for (CompletableFuture<?> end : List.of(inside, outside)) {
            end.whenComplete((ended, why) -> {
                if (why != null) {
                    done.completeExceptionally(why);
                }
            });
        }
        inside.thenCombine(outside, (said, rest) -> done.complete(said));
        Executor later = CompletableFuture.delayedExecutor(2, TimeUnit.MINUTES, THREADS);
        inside.thenAcceptAsync(said -> done.completeExceptionally(new AssertionError("the host still waits, the machine is done: " + said)), later);
        return done;
    }

    private CompletableFuture<String> start(String command) {
        return outside(() -> machine.ssh(LIMIT, command).expect(0).out().strip());
    }

    private static <T> CompletableFuture<T> outside(Callable<T> end) {
        return CompletableFuture.supplyAsync(() -> {
            try {
                return end.call();
            } catch (Exception e) {
                throw new AssertionError(e);
            }
        }, THREADS);
    }

    /**
     * The host does not read until all between is full: who sends waits, and nothing is lost. Not for e1000: QEMU's says of each frame at once that it is
     * sent, and drops those over 10,000 that its cable does not take.
     */
    void fillsTheRingToSend(FramePeer peer, String device) throws Exception {
        long before = sent(device);
        CompletableFuture<String> sending = start("bench:send --frames " + MANY + " --size 1514 " + device + " --json");
        long seen = before;
        for (long now = sent(device); (now == before || now != seen) && !sending.isDone(); now = sent(device)) {
            seen = now; // it goes on: not full yet
        }
        ended(sending, outside(() -> peer.expect(MANY, 0)));
    }

    /** The host sends to a card that nobody reads, more than all between holds, and to one that is read: it waits, and nothing is lost. */
    void fillsTheRingToReceive(FramePeer peer, String device) throws Exception {
        CompletableFuture<Long> filling = outside(() -> peer.send(MANY, 1518, FramePeer.UNLIMITED, 0));
        allCame(ended(start(receiver(device, MANY, 0)), filling), MANY);
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

    /**
     * The next version of a driver comes while frames go out, then another while frames come: those who use it wait, and no frame is lost. Frames that are
     * sent to a card without waiting for answers are lost while it is down, as QEMU drops what it has read by then: the rest comes in order.
     *
     * @param waiting the host waits for answers
     */
    String swaps(FramePeer peer, String device, NextVersion first, NextVersion second, boolean waiting) throws Exception {
        AtomicBoolean swapped = new AtomicBoolean();
        CompletableFuture<String> sending = start("bench:send --frames " + ENDLESS + " --size 1000 " + device + " --json");
        CompletableFuture<Long> checked = outside(() -> peer.expectUntil(swapped::get));
        swap(peer, first, both(sending, checked));
        swapped.set(true);
        JsonObject sent = JsonParser.parseString(ended(sending, checked)).getAsJsonObject();
        assertEquals(checked.join(), sent.get("frames").getAsLong(), sent.toString());
        swapped.set(false);
        CompletableFuture<String> receiving = start(receiver(device, ENDLESS, waiting ? WINDOW / 2 : 0));
        CompletableFuture<Long> coming = outside(() -> peer.sendUntil(swapped::get, 1518, waiting ? WINDOW : FramePeer.UNLIMITED));
        swap(peer, second, both(receiving, coming));
        swapped.set(true);
        String received = ended(receiving, coming);
        long lost = waiting ? 0 : JsonParser.parseString(received).getAsJsonObject().get("lost").getAsLong();
        return "sending " + sent + "\nreceiving " + cameBut(lost, received, coming.join()) + "\n";
    }

    /** What may lose frames. */
    @FunctionalInterface
    interface Trouble {
        void make() throws Exception;
    }

    /** Trouble while frames come that wait for no answer: those of that time may be lost on the cable, all others come whole and in order. */
    String comeThrough(FramePeer peer, String device, Trouble trouble) throws Exception {
        AtomicBoolean over = new AtomicBoolean();
        CompletableFuture<String> receiving = start(receiver(device, ENDLESS, 0));
        CompletableFuture<Long> coming = outside(() -> peer.sendUntil(over::get, 1518, FramePeer.UNLIMITED));
        awaitMoved(peer, frames, both(receiving, coming));
        trouble.make();
        awaitMoved(peer, peer.moved() + frames, both(receiving, coming));
        over.set(true);
        String received = ended(receiving, coming);
        return cameBut(JsonParser.parseString(received).getAsJsonObject().get("lost").getAsLong(), received, coming.join());
    }

    /** While frames move, before it and after it. */
    private void swap(FramePeer peer, NextVersion next, CompletableFuture<?> traffic) throws Exception {
        awaitMoved(peer, frames / 2, traffic);
        machine.deploy(next.jar()).expect(0);
        awaitMoved(peer, peer.moved() + frames / 2, traffic);
    }

    private static void awaitMoved(FramePeer peer, long wanted, CompletableFuture<?> traffic) throws Exception {
        long end = System.nanoTime() + Limits.COMMAND.toNanos();
        while (peer.moved() < wanted) {
            if (traffic.isDone() || System.nanoTime() > end) {
                throw new AssertionError("expected that frames move, found " + peer.moved() + " of " + wanted + ": " + traffic.getNow(null));
            }
            Thread.sleep(10);
        }
    }
}
