package org.cloudos.image.qemu;

import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import org.cloudos.image.Arch;

/** The command line of a machine. Pure: everything that must be looked at is in {@link Facts}. */
record QemuCommand(Machine machine, Facts facts) {
    /** UEFI firmware: the program, and the variables that a machine has its own copy of. */
    record Firmware(Path code, Path variables) { }

    /** Where it is, as Debian has it. */
    static Firmware firmware(Arch arch) {
        return switch (arch) {
            case X86_64 -> new Firmware(Path.of("/usr/share/OVMF/OVMF_CODE_4M.fd"), Path.of("/usr/share/OVMF/OVMF_VARS_4M.fd"));
            case AARCH64 -> new Firmware(Path.of("/usr/share/AAVMF/AAVMF_CODE.fd"), Path.of("/usr/share/AAVMF/AAVMF_VARS.fd"));
        };
    }

    private static final String FW_CFG = "opt/org.cloudos/";
    private static final int GUEST_SSH = 2222;

    /**
     * From this major version on, TCG emulates several processors in parallel rightly. Before, cmpxchg16b got flags
     * wrong, and code that one processor patches could be run stale by another.
     */
    static final int SOUND_VERSION = 9;

    private static final String ONE_COMPILER = "jvm=-XX:TieredStopAtLevel=1";

    /**
     * @param program QEMU
     * @param version its major version
     * @param port the host's port for SSH
     * @param run a folder of this run with the files status (a socket), options, exec, and variables.fd for UEFI
     */
    record Facts(Path program, int version, Accelerator accelerator, int port, Path run) {}

    /**
     * Words for init beside the machine's own. Where x86's code is emulated on several host threads, HotSpot's patch of a method's entry
     * can meet the emulator reading it, byte by byte, and end the JVM (docs/adr/0020-one-compiler-under-emulation.md): with one
     * compiler hardly an entry is patched.
     */
    List<String> options() {
        boolean torn = arch() == Arch.X86_64 && !facts.accelerator().kvm() && facts.version() >= SOUND_VERSION;
        return torn ? List.of(ONE_COMPILER) : List.of();
    }

    List<String> words() {
        List<String> words = new ArrayList<>();
        add(words, facts.program(), "-nodefaults", "-machine", board(), "-smp", "2", "-m", machine.memoryMib());
        add(words, "-accel", facts.accelerator().kvm() ? "kvm" : "tcg,thread=" + (facts.version() < SOUND_VERSION ? "single" : "multi"), "-cpu", cpu());
        // No -nographic: with it the firmware writes to the serial console too.
        add(words, "-display", "none", "-chardev", console(), "-serial", "chardev:console");
        // Of the registers' two versions, virtio devices on MMIO have QEMU's default: the legacy one, for kernels of ten years ago.
        if (arch() == Arch.AARCH64) add(words, "-global", "virtio-mmio.force-legacy=false");
        // Before the devices that it is for.
        if (arch() == Arch.X86_64 && iommu()) add(words, "-device", "intel-iommu,intremap=on,caching-mode=on");
        add(words, "-netdev", network(), "-device", "virtio-net-pci,netdev=net,romfile=");
        add(words, "-device", "virtio-rng-pci", "-device", "virtio-serial-pci");
        add(words, "-chardev", "socket,id=status,path=" + escape(facts.run().resolve("status")),
                "-device", "virtserialport,chardev=status,name=org.cloudos.status");
        firmwareFile(words, "options");
        if (machine.keys() != null) add(words, "-fw_cfg", "name=" + FW_CFG + "authorized_keys,file=" + escape(machine.keys()));
        if (!machine.interactive()) firmwareFile(words, "exec");
        source(words);
        if (machine.disk() != null) drive(words, "data", machine.disk(), "");
        // A machine that is driven ends where it would restart.
        if (!machine.interactive()) add(words, "-no-reboot");
        words.addAll(machine.arguments());
        return words;
    }

    private Arch arch() {
        return machine.source().arch();
    }

    private boolean iommu() {
        return machine.source() instanceof Machine.Kernel k && k.iommu();
    }

    private String board() {
        if (arch() == Arch.X86_64) return "q35";
        // Version 3 has the ITS, without which there are no MSIs.
        return "virt,gic-version=3" + (iommu() ? ",iommu=smmuv3" : "");
    }

    private String network() {
        StringBuilder text = new StringBuilder("user,id=net,hostfwd=tcp:127.0.0.1:" + facts.port() + "-:" + GUEST_SSH);
        machine.forwards().forEach(f -> text.append(",hostfwd=tcp:127.0.0.1:").append(f.host()).append("-:").append(f.guest()));
        return text.toString();
    }

    private String console() {
        // mux lets Ctrl-A X end QEMU; signal=off gives Ctrl-C to the guest.
        return machine.interactive() ? "stdio,id=console,mux=on,signal=off" : "stdio,id=console,signal=off";
    }

    private String cpu() {
        if (facts.accelerator().kvm()) return "host";
        // Has the atomic instructions (LSE), which TCG makes its host's; no pointer authentication and no vectors beyond NEON.
        if (arch() == Arch.AARCH64) return "cortex-a76";
        // The least: what the JVM finds of wide vectors and crypto it makes stubs for, which an emulator runs slowly.
        return "qemu64";
    }

    private void source(List<String> words) {
        switch (machine.source()) {
            case Machine.Kernel kernel -> {
                add(words, "-kernel", kernel.files().kernel(), "-initrd", kernel.files().initramfs());
                add(words, "-append", "console=" + arch().console() + " quiet panic=" + (machine.interactive() ? "10" : "-1"));
                drive(words, "root", kernel.files().root(), ",readonly=on");
            }
            case Machine.Disk disk -> {
                add(words, "-drive", "if=pflash,format=raw,unit=0,readonly=on,file=" + firmware(arch()).code());
                add(words, "-drive", "if=pflash,format=raw,unit=1,file=" + escape(facts.run().resolve("variables.fd")));
                drive(words, "root", disk.image(), "");
            }
        }
    }

    private static void drive(List<String> words, String id, Path file, String more) {
        add(words, "-drive", "if=none,id=" + id + ",format=raw" + more + ",file=" + escape(file), "-device", "virtio-blk-pci,drive=" + id);
    }

    private void firmwareFile(List<String> words, String name) {
        add(words, "-fw_cfg", "name=" + FW_CFG + name + ",file=" + escape(facts.run().resolve(name)));
    }

    /** Commas separate options; a comma in a value is doubled. */
    static String escape(Path file) {
        return file.toAbsolutePath().toString().replace(",", ",,");
    }

    private static void add(List<String> words, Object... more) {
        for (Object word : more) words.add(word.toString());
    }
}
