package org.cloudos.image.qemu;

import java.io.IOException;
import java.io.RandomAccessFile;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.regex.Pattern;
import org.cloudos.image.Arch;

/** How QEMU runs the guest's code. @param why one phrase for the person at the terminal */
public record Accelerator(boolean kvm, String why) {
    private static final Pattern VIRTUALIZATION = Pattern.compile("^flags\\s*:.*\\b(vmx|svm)\\b", Pattern.MULTILINE);

    /** KVM where it can work: the device opens and the processor has the instructions. /dev/kvm alone promises nothing. */
    static Accelerator detect(Arch arch) {
        if (arch.isForeign()) return new Accelerator(false, "TCG, slow: this machine's processor is another than " + arch.label());
        boolean opens;
        try (RandomAccessFile _ = new RandomAccessFile("/dev/kvm", "rw")) {
            opens = true;
        } catch (IOException e) {
            opens = false;
        }
        String cpu;
        try {
            cpu = Files.readString(Path.of("/proc/cpuinfo"));
        } catch (IOException e) {
            cpu = "";
        }
        return choose(opens, cpu);
    }

    static Accelerator choose(boolean kvmOpens, String cpuInfo) {
        boolean able = VIRTUALIZATION.matcher(cpuInfo).find();
        if (kvmOpens && able) return new Accelerator(true, "KVM");
        if (able) return new Accelerator(false, "TCG, slow: /dev/kvm can't be opened (is this user in the group kvm?)");
        return new Accelerator(false, "TCG, slow: this machine's processor shows no vmx or svm");
    }
}
