package org.cloudos.fs.fuse.server;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertInstanceOf;
import static org.junit.jupiter.api.Assertions.assertNotNull;
import static org.junit.jupiter.api.Assertions.assertTrue;
import static org.junit.jupiter.api.Assumptions.assumeTrue;

import java.io.IOException;
import java.lang.reflect.InvocationTargetException;
import java.lang.reflect.Proxy;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Arrays;
import java.util.Map;
import java.util.Set;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.Future;
import java.util.function.UnaryOperator;
import java.util.stream.IntStream;
import org.cloudos.linux.LinuxException;
import org.cloudos.linux.fuse.FuseChannel;
import org.cloudos.linux.fuse.FuseMounts;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;

/** Requests over io_uring: needs a kernel that has it, and root, since the kernel's setting is for the whole machine. */
class FuseQueuesTest extends FuseTest {
    private static final Path OFFERED = Path.of("/sys/module/fuse/parameters/enable_uring");
    private static String before;

    @BeforeAll static void look() throws IOException {
        assumeTrue("root".equals(System.getProperty("user.name")) && Files.isWritable(OFFERED), "needs Linux 6.14 with CONFIG_FUSE_IO_URING");
        before = Files.readString(OFFERED);
    }

    @AfterAll static void restore() throws IOException {
        if (before != null) {
            Files.writeString(OFFERED, before);
        }
    }

    @Override String uring() {
        return "on";
    }

    @Test void requestsComeOverThem() {
        assertTrue(session.mount().protocol().endsWith(" io_uring"), session.mount().protocol());
        assertTrue(session.mount().threads() > Runtime.getRuntime().availableProcessors(), "a thread for each processor's queue, and the channel's");
    }

    @Test void programsOnAllProcessorsAreAnswered() throws Exception {
        Set<String> expected = ConcurrentHashMap.newKeySet();
        try (ExecutorService programs = Executors.newFixedThreadPool(8)) {
            for (Future<?> program : IntStream.range(0, 8).mapToObj(p -> programs.submit(() -> {
                for (int i = 0; i < 200; i++) {
                    Path file = folder.resolve(p + "-" + i);
                    byte[] content = new byte[i * 997];
                    Arrays.fill(content, (byte) p);
                    Files.write(file, content);
                    assertEquals(-1, Arrays.mismatch(content, Files.readAllBytes(file)), file.toString());
                    if (i % 2 == 0) {
                        Files.delete(file);
                    } else {
                        expected.add(file.getFileName().toString());
                    }
                }
                return null;
            })).toList()) {
                program.get();
            }
        }
        try (var found = Files.list(folder)) {
            assertEquals(Set.copyOf(expected), Set.copyOf(found.map(f -> f.getFileName().toString()).toList()));
        }
    }

    @Test void withoutIoUringTheChannelHasAllRequests() throws Exception {
        again(arguments -> {
            throw new IllegalStateException(new LinuxException("io_uring_setup", 1, "not permitted"));
        });
    }

    @Test void whatTheKernelRefusesIsGoneOnWithout() throws Exception {
        again(arguments -> new Object[] {arguments[0], 4096, arguments[2]}); // smaller than its largest request
    }

    /** Mounts anew, with other arguments for the queues, and uses the mount. */
    private void again(UnaryOperator<Object[]> queues) throws Exception {
        linux.unmount(folder.toString(), false);
        assertTrue(session.await(60_000));
        mount(new FuseMounts() {
            @Override public FuseChannel mount(String folder, String source, String subtype, Set<Flag> flags) throws LinuxException {
                return changed(linux.mount(folder, source, subtype, flags), queues);
            }

            @Override public void unmount(String folder, boolean detach) throws LinuxException {
                linux.unmount(folder, detach);
            }
        }, Map.of("uring", "on"));
        Files.writeString(folder.resolve("file"), "text");
        assertEquals("text", Files.readString(folder.resolve("file")));
        assertFalse(session.mount().protocol().contains("io_uring"), session.mount().protocol());
        assertInstanceOf(LinuxException.class, problem.getAndSet(null), "it is told");
    }

    private static FuseChannel changed(FuseChannel channel, UnaryOperator<Object[]> queues) {
        return (FuseChannel) Proxy.newProxyInstance(FuseChannel.class.getClassLoader(), new Class<?>[] {FuseChannel.class}, (proxy, method, arguments) -> {
            try {
                Object result = method.invoke(channel, method.getName().equals("queues") ? queues.apply(arguments) : arguments);
                return result instanceof FuseChannel another ? changed(another, queues) : result;
            } catch (InvocationTargetException | IllegalStateException e) {
                assertNotNull(e.getCause());
                throw e.getCause();
            }
        });
    }
}
