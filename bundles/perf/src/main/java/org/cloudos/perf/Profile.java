package org.cloudos.perf;

import java.io.IOException;
import java.nio.file.Path;
import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Set;
import jdk.jfr.consumer.RecordedClass;
import jdk.jfr.consumer.RecordedEvent;
import jdk.jfr.consumer.RecordedFrame;
import jdk.jfr.consumer.RecordedMethod;
import jdk.jfr.consumer.RecordedStackTrace;
import jdk.jfr.consumer.RecordedThread;
import jdk.jfr.consumer.RecordingFile;

/** What a recording tells: stacks by processor samples and by allocated bytes, and sums for each bundle. */
final class Profile {
    private static final int MAX_DEPTH = 256;
    /**
     * A sample of allocation weighs what its thread allocated since the one before: the first one all of its life. So the
     * first one of a platform thread does not count, nor does any in this time, in which the carriers of virtual threads,
     * of which a recording does not tell, have their first.
     */
    static final Duration WARM_UP = Duration.ofMillis(300);

    /** One bundle's part. */
    static final class Use {
        private long samples;
        private long bytes;
        private final Map<String, Long> methods = new HashMap<>();

        long samples() {
            return samples;
        }

        long bytes() {
            return bytes;
        }

        /** Where most samples were. */
        String hottest() {
            return methods.entrySet().stream().max(Map.Entry.comparingByValue()).map(Map.Entry::getKey).orElse("");
        }
    }

    private final Owners owners;
    private final Frame processor = new Frame("all", "");
    private final Frame allocation = new Frame("all", "");
    private final Map<String, Use> uses = new HashMap<>();
    private final Set<Long> seen = new HashSet<>();
    private Instant begin;

    private Profile(Owners owners) {
        this.owners = owners;
    }

    /** Reads a recording. */
    static Profile read(Path file, Owners owners) throws IOException {
        Profile profile = new Profile(owners);
        try (RecordingFile recording = new RecordingFile(file)) {
            while (recording.hasMoreEvents()) {
                RecordedEvent event = recording.readEvent();
                switch (event.getEventType().getName()) {
                    case "jdk.ExecutionSample" -> profile.add(event, profile.processor, 1, "sampledThread");
                    case "jdk.ObjectAllocationSample" -> {
                        if (profile.counts(event)) {
                            profile.add(event, profile.allocation, event.getLong("weight"), "eventThread");
                        }
                    }
                    default -> { }
                }
            }
        }
        return profile;
    }

    private boolean counts(RecordedEvent event) {
        RecordedThread thread = event.getThread();
        boolean first = thread != null && !thread.isVirtual() && seen.add(thread.getId());
        begin = begin == null ? event.getStartTime() : begin;
        return !first && event.getStartTime().isAfter(begin.plus(WARM_UP));
    }

    Frame processor() {
        return processor;
    }

    Frame allocation() {
        return allocation;
    }

    Map<String, Use> uses() {
        return uses;
    }

    private void add(RecordedEvent event, Frame root, long weight, String threadField) {
        RecordedStackTrace trace = event.getStackTrace();
        if (trace == null || weight <= 0) {
            return;
        }
        RecordedThread thread = event.hasField(threadField) ? event.getThread(threadField) : null;
        root.add(weight);
        Frame at = root.child(threadName(thread), "thread");
        at.add(weight);
        List<RecordedFrame> frames = trace.getFrames(); // the innermost first
        String owner = null;
        String method = "";
        List<String[]> path = new ArrayList<>();
        for (RecordedFrame frame : frames.subList(0, Math.min(MAX_DEPTH, frames.size()))) {
            if (!frame.isJavaFrame()) {
                continue;
            }
            RecordedMethod called = frame.getMethod();
            RecordedClass type = called == null ? null : called.getType();
            String className = type == null ? "?" : type.getName();
            String bundle = owners.of(className);
            String name = className + "." + (called == null ? "?" : called.getName());
            path.add(new String[] {name, bundle});
            method = method.isEmpty() ? name : method;
            if (owner == null && !bundle.equals(Owners.JDK)) {
                owner = bundle;
                method = name;
            }
        }
        for (int i = path.size() - 1; i >= 0; i--) {
            at = at.child(path.get(i)[0], path.get(i)[1]);
            at.add(weight);
        }
        Use use = uses.computeIfAbsent(owner == null ? "JDK alone" : owner, o -> new Use());
        if (root == processor) {
            use.samples += weight;
            use.methods.merge(method, weight, Long::sum);
        } else {
            use.bytes += weight;
        }
    }

    /** Threads of a pool are one: their numbers say nothing. */
    static String threadName(RecordedThread thread) {
        if (thread == null) {
            return "thread ?";
        }
        String name = thread.getJavaName() == null ? thread.getOSName() : thread.getJavaName();
        if (name == null || name.isEmpty()) {
            name = thread.isVirtual() ? "virtual threads" : "thread ?";
        }
        return name.length() > 100 ? name.substring(0, 100) : name.replaceAll("\\d+", "N");
    }
}
