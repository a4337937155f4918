package org.cloudos.test.system;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;

/** What the tests of drivers plug into a machine, as words for QEMU. */
final class HardwareDevices {
    static final long DISK = 64L << 20;
    static final int CD = 1 << 20;
    /** Where reads and writes of the disks behind QEMU's blkdebug fail; their first flush fails too. */
    static final long BAD_READ = 40L << 20, BAD_WRITE = 41L << 20;
    static final String VIRTIO = ",disable-legacy=on,iommu_platform=on";

    private HardwareDevices() { }

    static String[] all(Path home, FramePeer peer, FramePeer jumbo) throws IOException {
        Files.write(home.resolve("cd.img"), Pattern.bytes(5, 0, CD));
        Pattern.image(home, "plug", DISK); // what comes into the slots
        Pattern.image(home, "plug2", DISK);
        return new String[] {
            "-device", "nvme,id=n,serial=n", "-drive", drive(home, "nvme"), "-device", "nvme-ns,drive=nvme,bus=n,nsid=1",
            "-blockdev", bad(home, "second"), "-device", "nvme-ns,drive=second,bus=n,nsid=2",
            "-drive", drive(home, "large"), "-device", "nvme-ns,drive=large,bus=n,nsid=3,logical_block_size=4096,physical_block_size=4096",
            "-drive", drive(home, "split"), "-device", "virtio-blk-pci,drive=split" + VIRTIO,
            "-drive", drive(home, "packed"), "-device", "virtio-blk-pci,drive=packed,packed=on,logical_block_size=4096,physical_block_size=4096" + VIRTIO,
            "-blockdev", bad(home, "third"), "-device", "virtio-blk-pci,drive=third" + VIRTIO,
            "-device", "ahci,id=s", "-drive", drive(home, "sata"), "-device", "ide-hd,drive=sata,bus=s.0",
            "-drive", "if=none,format=raw,readonly=on,id=cd,file=" + home.resolve("cd.img"), "-device", "ide-cd,drive=cd,bus=s.1",
            "-blockdev", bad(home, "fourth"), "-device", "ide-hd,drive=fourth,bus=s.2",
            "-netdev", "hubport,hubid=1,id=a", "-device", "e1000,netdev=a,romfile=",
            "-netdev", "hubport,hubid=1,id=b", "-device", "virtio-net-pci,netdev=b,romfile=" + VIRTIO,
            "-netdev", jumbo.backEnd("c"), "-device", "e1000,netdev=c,romfile=",
            "-netdev", peer.backEnd("d"), "-device", "virtio-net-pci,netdev=d,romfile=" + VIRTIO,
            "-device", "virtio-blk-pci,drive=bypass", "-drive", drive(home, "bypass"),
            "-vga", "std", "-serial", "unix:" + home.resolve("serial") + ",server=on,wait=off",
            "-device", "pcie-root-port,id=slot1,chassis=1,slot=1", "-device", "pcie-root-port,id=slot2,chassis=2,slot=2", "-netdev", "hubport,hubid=2,id=h",
            "-qmp", "unix:" + home.resolve("qmp") + ",server=on,wait=off"};
    }

    private static String drive(Path home, String name) throws IOException {
        return Pattern.drive(home, name, DISK);
    }

    private static String bad(Path home, String name) throws IOException {
        return Pattern.bad(home, name, DISK, BAD_READ, BAD_WRITE);
    }
}
