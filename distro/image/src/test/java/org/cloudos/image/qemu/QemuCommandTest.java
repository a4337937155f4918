package org.cloudos.image.qemu;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.nio.file.Path;
import java.time.Duration;
import java.util.List;
import org.cloudos.image.Arch;
import org.cloudos.image.Image;
import org.junit.jupiter.api.Test;

class QemuCommandTest {
    private static final Accelerator TCG = new Accelerator(false, "TCG");
    private static final Machine.Kernel KERNEL = new Machine.Kernel(new Image.BootFiles(Path.of("/i/vmlinuz"), Path.of("/i/initramfs"), Path.of("/i/root")));

    private static List<String> words(Machine machine, int version, Accelerator accelerator) {
        return new QemuCommand(machine, new QemuCommand.Facts(Path.of("/usr/bin/qemu"), version, accelerator, 2345, Path.of("/run"))).words();
    }

    private static String after(List<String> words, String option, String start) {
        for (int i = 0; i + 1 < words.size(); i++) {
            if (words.get(i).equals(option) && words.get(i + 1).startsWith(start)) return words.get(i + 1);
        }
        return null;
    }

    @Test void drivenMachine() {
        List<String> words = words(new Machine(KERNEL, 512, Path.of("/d/a,b"), 0, Path.of("/k/keys"), List.of("os:status"), Duration.ofSeconds(1), List.of(),
                List.of(new Machine.Forward(8443, 443)), List.of("-device", "edu")), 7, TCG);
        assertEquals("tcg,thread=single", after(words, "-accel", ""));
        assertEquals("qemu64", after(words, "-cpu", ""));
        assertEquals("console=ttyS0 quiet panic=-1", after(words, "-append", ""));
        assertEquals("user,id=net,hostfwd=tcp:127.0.0.1:2345-:2222,hostfwd=tcp:127.0.0.1:8443-:443", after(words, "-netdev", ""));
        assertEquals("if=none,id=data,format=raw,file=/d/a,,b", after(words, "-drive", "if=none,id=data"));
        assertEquals("if=none,id=root,format=raw,readonly=on,file=/i/root", after(words, "-drive", "if=none,id=root"));
        assertEquals("name=opt/org.cloudos/exec,file=/run/exec", after(words, "-fw_cfg", "name=opt/org.cloudos/exec"));
        assertEquals("name=opt/org.cloudos/authorized_keys,file=/k/keys", after(words, "-fw_cfg", "name=opt/org.cloudos/authorized_keys"));
        assertTrue(words.contains("-no-reboot"));
        assertEquals(List.of("-device", "edu"), words.subList(words.size() - 2, words.size()));
    }

    @Test void machineWithATerminal() {
        List<String> words = words(new Machine(KERNEL, 256, null, 0, null, List.of(), null, List.of(), List.of(), List.of()), 9, TCG);
        assertEquals("tcg,thread=multi", after(words, "-accel", ""));
        assertEquals("stdio,id=console,mux=on,signal=off", after(words, "-chardev", "stdio"));
        assertEquals("qemu64", after(words, "-cpu", ""));
        assertFalse(words.contains("-no-reboot"));
        assertEquals(null, after(words, "-fw_cfg", "name=opt/org.cloudos/exec"));
        assertEquals("console=ttyS0 quiet panic=10", after(words, "-append", ""));
    }

    @Test void diskIsBootedByItsFirmware() {
        List<String> words = words(new Machine(new Machine.Disk(Path.of("/x/disk.img"), Arch.X86_64), 512, null, 0, null, List.of("a"), null, List.of(),
                List.of(), List.of()), 7,
                new Accelerator(true, "KVM"));
        assertFalse(words.contains("-kernel"));
        assertEquals("host", after(words, "-cpu", ""));
        assertEquals("if=none,id=root,format=raw,file=/x/disk.img", after(words, "-drive", "if=none,id=root"));
        assertEquals("if=pflash,format=raw,unit=1,file=/run/variables.fd", after(words, "-drive", "if=pflash,format=raw,unit=1"));
    }

    @Test void aarch64IsAVirtMachine() {
        Image.BootFiles files = new Image.BootFiles(Path.of("/i/vmlinuz"), Path.of("/i/initramfs"), Path.of("/i/root"));
        List<String> words = words(new Machine(new Machine.Kernel(files, Arch.AARCH64, true), 512, null, 0, null, List.of("a"), null, List.of(),
                List.of(), List.of()), 10, TCG);
        assertEquals("virt,gic-version=3,iommu=smmuv3", after(words, "-machine", ""));
        assertEquals("cortex-a76", after(words, "-cpu", ""));
        assertEquals("console=ttyAMA0 quiet panic=-1", after(words, "-append", ""));
        assertEquals(null, after(words, "-device", "intel-iommu"));
        assertEquals("virtio-mmio.force-legacy=false", after(words, "-global", ""));
        List<String> disk = words(new Machine(new Machine.Disk(Path.of("/x/disk.img"), Arch.AARCH64), 512, null, 0, null, List.of("a"), null,
                List.of(), List.of(), List.of()), 10, TCG);
        assertEquals("virt,gic-version=3", after(disk, "-machine", ""));
        assertTrue(after(disk, "-drive", "if=pflash,format=raw,unit=0").contains("AAVMF"));
    }

    @Test void oneCompilerWhereX86IsEmulatedInParallel() {
        Machine machine = new Machine(KERNEL, 512, null, 0, null, List.of(), null, List.of(), List.of(), List.of());
        assertEquals(List.of("jvm=-XX:TieredStopAtLevel=1"), options(machine, 10, TCG));
        assertEquals(List.of(), options(machine, 7, TCG), "one host thread");
        assertEquals(List.of(), options(machine, 10, new Accelerator(true, "KVM")));
    }

    private static List<String> options(Machine machine, int version, Accelerator accelerator) {
        return new QemuCommand(machine, new QemuCommand.Facts(Path.of("/usr/bin/qemu"), version, accelerator, 2345, Path.of("/run"))).options();
    }

    @Test void kvmOnlyWhereItCanWork() {
        String intel = "processor\t: 0\nflags\t\t: fpu vme vmx sse\n";
        String guest = "processor\t: 0\nflags\t\t: fpu vme sse\nbugs\t: vmx_something\n";
        assertTrue(Accelerator.choose(true, intel).kvm());
        assertFalse(Accelerator.choose(false, intel).kvm());
        assertFalse(Accelerator.choose(true, guest).kvm());
        assertTrue(Accelerator.choose(true, guest).why().contains("no vmx or svm"));
        assertTrue(Accelerator.choose(false, intel).why().contains("/dev/kvm"));
    }

    @Test void reports() {
        StatusEvent exit = StatusChannel.parse("{\"event\":\"exit\",\"code\":3,\"reason\":\"why\"}");
        assertEquals("exit", exit.name());
        assertEquals(3, exit.number("code", -1));
        assertEquals("why", exit.text("reason"));
        for (String wrong : List.of("", "nonsense", "[]", "{}", "{\"event\":{}}", "{\"event\":\"x\"", "null")) {
            assertEquals(null, StatusChannel.parse(wrong), wrong);
        }
        assertEquals(-1, StatusChannel.parse("{\"event\":\"exit\",\"code\":\"x\"}").number("code", -1));
    }
}
