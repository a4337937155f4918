package org.cloudos.linux.ffm;

import static java.lang.foreign.ValueLayout.ADDRESS;
import static java.lang.foreign.ValueLayout.JAVA_INT;
import static java.lang.foreign.ValueLayout.JAVA_LONG;

import java.io.IOException;
import java.lang.foreign.Arena;
import java.lang.foreign.MemorySegment;
import java.lang.invoke.MethodHandle;
import java.util.ArrayList;
import java.util.List;
import java.util.Set;
import org.cloudos.linux.LinuxException;
import org.cloudos.linux.fuse.FuseChannel;
import org.cloudos.linux.fuse.FuseMounts;
import org.osgi.service.component.annotations.Component;

/** {@code mount(2)} and {@code umount2(2)}, and {@code fusermount3(1)} for who may not call them. */
@Component
public final class MountCalls implements FuseMounts {
    private static final long MS_RDONLY = 1, MS_NOSUID = 2, MS_NODEV = 4, MS_NOEXEC = 8, MS_NOATIME = 1024;
    private static final int MNT_DETACH = 2, UMOUNT_NOFOLLOW = 8;
    private static final MethodHandle MOUNT = Libc.link("mount", JAVA_INT, ADDRESS, ADDRESS, ADDRESS, JAVA_LONG, ADDRESS);
    private static final MethodHandle UMOUNT = Libc.link("umount2", JAVA_INT, ADDRESS, JAVA_INT);
    private static final MethodHandle GETEUID = Libc.link("geteuid", JAVA_INT);
    private static final MethodHandle GETEGID = Libc.link("getegid", JAVA_INT);

    /** For the framework, and for programs without one. */
    public MountCalls() { }

    @Override public FuseChannel mount(String folder, String source, String subtype, Set<Flag> flags) throws LinuxException {
        return isRoot() ? mountAsRoot(folder, source, subtype, flags) : FuserMount.mount(folder, words(source, subtype, flags));
    }

    private static boolean isRoot() {
        return Descriptor.call(state -> (int) GETEUID.invokeExact(state)) == 0;
    }

    private static FuseChannel mountAsRoot(String folder, String source, String subtype, Set<Flag> flags) throws LinuxException {
        FuseDevice device = FuseDevice.open();
        long bits = MS_NOATIME | (flags.contains(Flag.READ_ONLY) ? MS_RDONLY : 0) | (flags.contains(Flag.NO_SET_ID) ? MS_NOSUID : 0)
                | (flags.contains(Flag.NO_DEVICES) ? MS_NODEV : 0) | (flags.contains(Flag.NO_EXECUTION) ? MS_NOEXEC : 0);
        String options = "fd=" + device.descriptor() + ",rootmode=40000,user_id=0,group_id="
                + Descriptor.call(state -> (int) GETEGID.invokeExact(state))
                + (flags.contains(Flag.ALLOW_OTHER) ? ",allow_other" : "") + (flags.contains(Flag.DEFAULT_PERMISSIONS) ? ",default_permissions" : "");
        try (Arena arena = Arena.ofConfined()) {
            MemorySegment from = arena.allocateFrom(source), to = arena.allocateFrom(folder), type = arena.allocateFrom("fuse." + subtype),
                    data = arena.allocateFrom(options);
            long result = Descriptor.call(state -> (int) MOUNT.invokeExact(state, from, to, type, bits, data));
            if (result < 0) {
                device.close();
                throw Libc.failure("mount on " + folder, (int) -result);
            }
            return device;
        }
    }

    private static String words(String source, String subtype, Set<Flag> flags) {
        List<String> words = new ArrayList<>(List.of("fsname=" + source.replace("\\", "\\\\").replace(",", "\\,"), "subtype=" + subtype));
        words.add(flags.contains(Flag.READ_ONLY) ? "ro" : "rw");
        for (Flag flag : flags) {
            switch (flag) {
                case NO_EXECUTION -> words.add("noexec");
                case ALLOW_OTHER -> words.add("allow_other");
                case DEFAULT_PERMISSIONS -> words.add("default_permissions");
                case READ_ONLY, NO_SET_ID, NO_DEVICES -> { } // the first stands above, the others are never otherwise for users
            }
        }
        return String.join(",", words);
    }

    @Override public void unmount(String folder, boolean detach) throws LinuxException {
        if (!isRoot()) {
            FuserMount.unmount(folder, detach);
            return;
        }
        try (Arena arena = Arena.ofConfined()) {
            MemorySegment path = arena.allocateFrom(folder);
            int flags = detach ? MNT_DETACH | UMOUNT_NOFOLLOW : UMOUNT_NOFOLLOW;
            long result = Descriptor.call(state -> (int) UMOUNT.invokeExact(state, path, flags));
            if (result < 0) {
                throw Libc.failure("unmount of " + folder, (int) -result);
            }
        }
    }

    /** What a program said and how it ended. */
    record Ended(int status, String said) {
        static Ended of(String... command) throws LinuxException {
            try {
                Process process = new ProcessBuilder(command).redirectErrorStream(true).start();
                process.getOutputStream().close();
                String said = new String(process.getInputStream().readAllBytes()).strip();
                return new Ended(process.waitFor(), said);
            } catch (IOException e) {
                throw new LinuxException(e.getMessage(), Libc.ENOSYS, "install the package fuse3");
            } catch (InterruptedException e) {
                Thread.currentThread().interrupt();
                throw Libc.failure(String.join(" ", command), Libc.EINTR);
            }
        }
    }
}
