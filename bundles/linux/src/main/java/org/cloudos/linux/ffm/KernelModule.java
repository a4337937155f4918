package org.cloudos.linux.ffm;

import static java.lang.foreign.ValueLayout.ADDRESS;
import static java.lang.foreign.ValueLayout.JAVA_LONG;

import java.io.IOException;
import java.lang.foreign.Arena;
import java.lang.foreign.MemorySegment;
import java.lang.invoke.MethodHandle;
import java.nio.channels.FileChannel;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import org.cloudos.linux.LinuxException;

/** {@code init_module(2)}, with what the image's list {@code /lib/modules/order} says must be there first. */
final class KernelModule {
    private static final Path FOLDER = Path.of("/lib/modules");
    /** One line a module that a profile asked for: the files to load, in order. */
    private static final Path ORDER = FOLDER.resolve("order");
    private static final int ENOENT = 2, EEXIST = 17;
    private static final MethodHandle INIT_MODULE = Libc.linkVariadic("syscall", 1, JAVA_LONG, JAVA_LONG, ADDRESS, JAVA_LONG, ADDRESS);

    private KernelModule() { }

    static void load(String name) throws LinuxException {
        if (!name.matches("[a-z0-9_]+")) {
            throw new IllegalArgumentException("module: expected letters, digits and _, found " + name);
        }
        if (Files.exists(Path.of("/sys/module", name))) {
            return;
        }
        try {
            List<String> lines = Files.exists(ORDER) ? Files.readAllLines(ORDER) : List.of();
            String line = lines.stream().filter(l -> l.endsWith(name + ".ko")).findFirst()
                    .orElseThrow(() -> Libc.failure("kernel module " + name + " (not in " + ORDER + ": name it in the profile's cloudos.modules)", ENOENT));
            for (String file : line.split(" ")) {
                init(FOLDER.resolve(file));
            }
        } catch (LinuxException e) {
            throw e;
        } catch (IOException e) {
            throw new LinuxException("kernel module " + name + ": " + e.getMessage(), Libc.EIO, "can't be read");
        }
    }

    private static void init(Path file) throws IOException {
        try (Arena arena = Arena.ofConfined(); FileChannel channel = FileChannel.open(file)) {
            MemorySegment image = channel.map(FileChannel.MapMode.READ_ONLY, 0, channel.size(), arena);
            MemorySegment none = arena.allocateFrom("");
            try {
                OpenDevice.must("load of " + file, s -> (long) INIT_MODULE.invokeExact(s, SYS_INIT_MODULE, image, image.byteSize(), none));
            } catch (LinuxException e) {
                if (e.errno() != EEXIST) {
                    throw e;
                }
            }
        }
    }

    private static final long SYS_INIT_MODULE = System.getProperty("os.arch").equals("aarch64") ? 105 : 175;
}
