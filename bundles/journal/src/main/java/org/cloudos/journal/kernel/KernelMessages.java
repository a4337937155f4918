package org.cloudos.journal.kernel;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardCopyOption;
import java.time.Instant;
import java.util.Optional;
import org.cloudos.journal.Entry;
import org.cloudos.journal.Journal;
import org.cloudos.linux.LinuxException;
import org.cloudos.linux.kmsg.KernelLog;
import org.osgi.framework.BundleContext;
import org.osgi.service.component.annotations.Activate;
import org.osgi.service.component.annotations.Component;
import org.osgi.service.component.annotations.Deactivate;
import org.osgi.service.component.annotations.Reference;
import org.osgi.service.log.Logger;
import org.osgi.service.log.LoggerFactory;
import org.osgi.service.metatype.annotations.AttributeDefinition;
import org.osgi.service.metatype.annotations.Designate;
import org.osgi.service.metatype.annotations.ObjectClassDefinition;

/**
 * Brings the kernel's messages into the journal, each once: how far it came is kept beside the journal with the boot's id,
 * so that a restart without a boot does not repeat what is there.
 */
@Component(service = KernelMessages.class, immediate = true, configurationPid = "org.cloudos.journal.kernel")
@Designate(ocd = KernelMessages.Config.class)
public final class KernelMessages {
    private static final Path BOOT = Path.of("/proc/sys/kernel/random/boot_id");

    /** Settings. */
    @ObjectClassDefinition(name = "Kernel messages", description = "The kernel's messages in the journal")
    public @interface Config {
        /** Whether they are read. */
        @AttributeDefinition(name = "Enabled", description = "Whether the kernel's messages are brought into the journal, where that is allowed")
        boolean enabled() default true;
    }

    private final Journal journal;
    private final Logger log;
    private final Path state;
    private final KernelLog.Reader reader;

    /** Starts to read. Where that is forbidden it says so, and does nothing. */
    @Activate
    public KernelMessages(BundleContext context, @Reference Journal journal, @Reference KernelLog kernel,
            @Reference(service = LoggerFactory.class) Logger log, Config config) {
        this.journal = journal;
        this.log = log;
        state = Path.of(context.getProperty("cloudos.data"), "journal", "kernel");
        reader = config.enabled() ? open(kernel) : null;
        if (reader != null) {
            Thread.ofPlatform().daemon().name("kernel messages").start(this::read);
        }
    }

    private KernelLog.Reader open(KernelLog kernel) {
        try {
            return kernel.open();
        } catch (LinuxException e) {
            log.info("The kernel's messages are not in the journal: {}", e.getMessage());
            return null;
        }
    }

    @Deactivate
    void close() {
        if (reader != null) {
            reader.close();
        }
    }

    private void read() {
        try {
            String boot = Files.readString(BOOT).strip();
            long seen = seen(boot);
            for (Optional<byte[]> next = reader.next(); next.isPresent(); next = reader.next()) {
                // Linux: CLOCK_MONOTONIC, as in the kernel's records. Each time: the clock on the wall may have been set.
                seen = take(next.get(), seen, Entry.nanos(Instant.now()) - System.nanoTime());
                if (!reader.ready()) {
                    keep(boot, seen);
                }
            }
        } catch (IOException e) {
            log.warn("The kernel's messages can't be read any more: {}", e.getMessage());
        }
    }

    /** The sequence up to which all is in the journal. */
    private long take(byte[] bytes, long seen, long zero) {
        try {
            KernelRecord one = KernelRecord.parse(bytes);
            if (one.sequence() <= seen) {
                return seen;
            }
            journal.append(one.entry(zero));
            return one.sequence();
        } catch (IllegalArgumentException e) {
            log.warn("A message of the kernel was not understood: {}", e.getMessage());
            return seen;
        }
    }

    private long seen(String boot) {
        try {
            String[] words = Files.exists(state) ? Files.readString(state).strip().split(" ") : new String[0];
            return words.length == 2 && words[0].equals(boot) ? Long.parseLong(words[1]) : -1;
        } catch (IOException | NumberFormatException e) {
            return -1; // they come twice then
        }
    }

    private void keep(String boot, long seen) {
        try {
            Path aside = state.resolveSibling("kernel.new");
            Files.writeString(aside, boot + " " + seen + "\n");
            Files.move(aside, state, StandardCopyOption.ATOMIC_MOVE);
        } catch (IOException e) {
            log.debug("How far the kernel's messages were read can't be kept: {}", e.getMessage());
        }
    }
}
