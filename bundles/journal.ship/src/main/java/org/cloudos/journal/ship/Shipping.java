package org.cloudos.journal.ship;

import java.io.IOException;
import java.net.ConnectException;
import java.net.PortUnreachableException;
import java.net.UnknownHostException;
import java.nio.channels.UnresolvedAddressException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardCopyOption;
import java.time.Duration;
import java.time.Instant;
import java.util.List;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.FutureTask;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.TimeoutException;
import org.cloudos.journal.Entry;
import org.cloudos.journal.Journal;
import org.cloudos.journal.Level;
import org.cloudos.journal.Query;
import org.cloudos.journal.Text;

/**
 * Brings the journal's records to one collector, in order, at least once: the sequence that it came to is kept on disk, and
 * what a collector did not take is sent again, after 1 s, 2 s ... 60 s. What the journal removes meanwhile is counted and told.
 */
final class Shipping implements AutoCloseable {
    private static final Duration ROUND = Duration.ofSeconds(1), FIRST_PAUSE = Duration.ofSeconds(1), LAST_PAUSE = Duration.ofSeconds(60),
            GRACE = Duration.ofSeconds(2);

    private final String name;
    private final Journal journal;
    private final Query query;
    private final Sender sender;
    private final Path cursor;
    private final Duration limit;
    private final Thread thread;
    private volatile boolean closed;
    private volatile long sent;
    private volatile long refused;
    private volatile long missed;
    private volatile long position;
    private volatile String trouble = "";
    private volatile Instant since = Instant.now();

    /**
     * @param cursor the file with the sequence that it came to
     * @param limit  after which a collector that takes a batch is taken for dead
     */
    Shipping(String name, Journal journal, Query query, Sender sender, Path cursor, Duration limit) throws IOException {
        this.name = name;
        this.journal = journal;
        this.query = query;
        this.sender = sender;
        this.cursor = cursor;
        this.limit = limit;
        Files.createDirectories(cursor.toAbsolutePath().getParent());
        position = saved();
        thread = Thread.ofVirtual().name("ship " + name).start(this::run);
    }

    private long saved() throws IOException {
        if (!Files.exists(cursor)) {
            return 0;
        }
        try {
            long saved = Long.parseLong(Files.readString(cursor).strip());
            return saved < 0 || saved > journal.newest() ? 0 : saved; // a greater one is that of a journal that is no more
        } catch (NumberFormatException e) {
            return 0; // twice is better than never
        }
    }

    private void run() {
        Journal.Feed feed = journal.follow(query, position);
        try {
            while (!closed) {
                List<Entry> some = feed.poll(ROUND);
                if (feed.missed() > missed) {
                    tell(Level.WARN, feed.missed() - missed + " records were removed from the journal before " + name + " had them");
                    missed = feed.missed();
                }
                if ((some.isEmpty() || deliver(some)) && feed.position() > position) {
                    position = feed.position();
                    save();
                }
            }
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt(); // closed
        } catch (IllegalStateException e) {
            trouble = "the journal is gone: " + e.getMessage(); // its successor gets a target of its own
        } finally {
            feed.close();
        }
    }

    /** False if it was closed before. */
    private boolean deliver(List<Entry> some) throws InterruptedException {
        Duration pause = FIRST_PAUSE;
        while (!closed) {
            try {
                long not = send(some);
                sent += some.size() - not;
                if (not > 0) {
                    refused += not;
                    tell(Level.WARN, not + " records were refused by " + name);
                }
                if (!trouble.isEmpty()) {
                    trouble = "";
                    since = Instant.now();
                    tell(Level.INFO, name + " takes records again");
                }
                return true;
            } catch (IOException e) {
                failed(e);
                Duration wanted = e instanceof OtlpSender.Later later ? Duration.ofSeconds(later.seconds) : Duration.ZERO;
                Thread.sleep(wanted.compareTo(pause) > 0 ? wanted : pause);
                pause = pause.multipliedBy(2).compareTo(LAST_PAUSE) > 0 ? LAST_PAUSE : pause.multipliedBy(2);
            }
        }
        return false;
    }

    private void failed(IOException e) {
        sender.disconnect();
        String why = Text.harmless(reason(e));
        boolean began = trouble.isEmpty();
        if (began) {
            since = Instant.now();
        }
        trouble = why; // before it is told: who reads of it finds it in the state
        if (began) {
            tell(Level.WARN, name + " takes no records: " + why);
        }
    }

    /** What the JDK says with the name of a class alone, in words. */
    static String reason(IOException e) {
        boolean unknown = e instanceof UnknownHostException || e.getCause() instanceof UnresolvedAddressException
                || e.getCause() != null && e.getCause().getCause() instanceof UnresolvedAddressException;
        return switch (e) {
            case IOException u when unknown -> "its host is not known" + (u.getMessage() == null ? "" : ": " + u.getMessage());
            case PortUnreachableException p -> "nobody listens at its port";
            case ConnectException c when c.getMessage() == null -> "no connection to its host and port";
            default -> e.getMessage() == null ? e.toString() : e.getMessage();
        };
    }

    /** In a thread of its own: a write to a peer that hangs has no limit else. */
    private long send(List<Entry> some) throws IOException, InterruptedException {
        FutureTask<Long> sending = new FutureTask<>(() -> sender.send(some));
        Thread.ofVirtual().name("send " + name).start(sending);
        try {
            return result(sending);
        } catch (TimeoutException e) {
            sender.disconnect();
            sending.cancel(true);
            throw new IOException("the collector took nothing for " + limit.toSeconds() + " s", e);
        } catch (ExecutionException e) {
            if (e.getCause() instanceof IOException io) {
                throw io;
            }
            throw new IOException("could not be sent: " + e.getCause(), e);
        }
    }

    /** Who closes waits a little for what is on its way: it need not be sent twice. */
    private long result(FutureTask<Long> sending) throws InterruptedException, ExecutionException, TimeoutException {
        try {
            return sending.get(limit.toMillis(), TimeUnit.MILLISECONDS);
        } catch (InterruptedException e) {
            long sentAlready = sending.get(GRACE.toMillis(), TimeUnit.MILLISECONDS);
            Thread.currentThread().interrupt();
            return sentAlready;
        }
    }

    private void tell(Level level, String message) {
        journal.append(Entry.at(level, message).bundle("org.cloudos.journal.ship").subsystem("journal.ship").logger(Shipping.class.getName())
                .with("target", name).build());
    }

    private void save() {
        try {
            Path aside = cursor.resolveSibling(cursor.getFileName() + ".new");
            Files.writeString(aside, position + "\n");
            Files.move(aside, cursor, StandardCopyOption.ATOMIC_MOVE);
        } catch (IOException e) {
            trouble = "the position can't be kept: " + Text.harmless(String.valueOf(e.getMessage()));
        }
    }

    /** A target as it is now. */
    record State(String target, long sent, long waiting, long refused, long missed, String trouble, Instant since) { }

    State state() {
        return new State(name, sent, Math.max(0, journal.newest() - position), refused, missed, trouble, since);
    }

    /** What is on its way may be sent again by the next one. */
    @Override public void close() {
        closed = true;
        thread.interrupt();
        try {
            thread.join(GRACE.plusSeconds(3));
            sender.close();
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
        }
    }
}
