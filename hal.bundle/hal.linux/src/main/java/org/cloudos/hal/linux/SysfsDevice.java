package org.cloudos.hal.linux;

import java.io.IOException;
import java.util.List;
import java.util.Optional;
import java.util.concurrent.atomic.AtomicReference;
import org.cloudos.hal.DeviceException;
import org.cloudos.hal.DeviceException.Reason;
import org.cloudos.hal.pci.PciAddress;
import org.cloudos.hal.pci.PciBar;
import org.cloudos.hal.pci.PciCapability;
import org.cloudos.hal.pci.PciDevice;
import org.cloudos.hal.pci.PciFunction;
import org.cloudos.hal.pci.PciIdentity;
import org.cloudos.hal.takeover.LinuxUse;
import org.cloudos.linux.LinuxException;
import org.cloudos.linux.device.Devices;

/** A function in sysfs. */
final class SysfsDevice implements PciDevice {
    private static final String VFIO = "vfio-pci", UIO = "uio_pci_generic";
    private final Sysfs sysfs;
    private final Devices devices;
    private final Unbounded unbounded;
    private final PciAddress address;
    private final ConfigSpace config;
    private final List<PciBar> bars;
    private final AtomicReference<String> owner = new AtomicReference<>("");
    private volatile boolean present = true;
    private volatile VfioFunction function; // while it is claimed

    SysfsDevice(Sysfs sysfs, Devices devices, Unbounded unbounded, PciAddress address) throws IOException {
        this.unbounded = unbounded;
        this.sysfs = sysfs;
        this.devices = devices;
        this.address = address;
        config = new ConfigSpace(sysfs.config(address));
        bars = sysfs.bars(address);
    }

    @Override public PciAddress address() {
        return address;
    }

    @Override public PciIdentity identity() {
        return config.identity();
    }

    @Override public List<PciCapability> capabilities() {
        return config.capabilities();
    }

    @Override public List<PciBar> bars() {
        return bars;
    }

    @Override public Optional<PciAddress> parent() {
        return sysfs.parent(address);
    }

    @Override public byte[] configuration() {
        try {
            return sysfs.config(address);
        } catch (IOException e) {
            return new byte[0]; // it went
        }
    }

    @Override public String iommuGroup() {
        return sysfs.group(address);
    }

    @Override public String linuxDriver() {
        String driver = sysfs.driver(address);
        return driver.equals(VFIO) || driver.equals(UIO) ? "" : driver;
    }

    @Override public String owner() {
        return owner.get();
    }

    boolean isPresent() {
        return present;
    }

    void gone() {
        present = false;
    }

    void given(VfioFunction to) {
        function = to;
    }

    /** The kernel wants it back: it was pulled out, or somebody unbinds it. */
    boolean isAskedBack() {
        VfioFunction held = function;
        return held != null && held.isAskedBack();
    }

    void released() {
        function = null;
        owner.set("");
    }

    @Override public void release() throws DeviceException {
        if (!owner.compareAndSet("", "Linux")) {
            throw new DeviceException(Reason.BUSY, address + " is " + owner.get() + "'s");
        }
        try {
            sysfs.giveBack(address);
        } finally {
            released();
        }
    }

    /**
     * Gives it to {@code vfio-pci}. Where a device tree tells of I/O MMUs, as on ARM64, Linux looks for that of a device only when one of
     * its drivers takes it: one that never had a driver has no group before.
     *
     * @return its I/O MMU group
     */
    private String take() throws IOException {
        boolean known = !sysfs.group(address).isEmpty();
        if (!known && !sysfs.driver(address).isEmpty()) {
            throw withoutMmu();
        }
        devices.loadModule("vfio_iommu_type1");
        devices.loadModule("vfio_pci");
        try {
            sysfs.take(address, VFIO);
        } catch (DeviceException e) {
            sysfs.giveBack(address);
            throw known ? e : withoutMmu();
        }
        return sysfs.group(address);
    }

    private DeviceException withoutMmu() {
        return new DeviceException(Reason.UNAVAILABLE, address + ": expected an I/O MMU around it, found none; turn it on in the firmware;"
                + " in QEMU a profile that names vfio_pci in cloudos.modules has one; or let the device reach all memory: cloudos.hal.unbounded=true");
    }

    @Override public PciFunction claim(String by) throws DeviceException {
        if (!owner.compareAndSet("", by)) {
            throw new DeviceException(Reason.BUSY, address + " is " + owner.get() + "'s");
        }
        boolean claimed = false;
        try {
            String use = LinuxUse.of(sysfs.device(address));
            if (!use.isEmpty()) {
                throw new DeviceException(Reason.BUSY, address + ": Linux uses it: " + use);
            }
            PciFunction function = open();
            claimed = true;
            return function;
        } catch (LinuxException e) {
            throw new DeviceException(Reason.UNAVAILABLE, address + ": " + e.getMessage(), e);
        } catch (IOException e) {
            throw e instanceof DeviceException d ? d : new DeviceException(Reason.GONE, address + ": " + e.getMessage(), e);
        } finally {
            if (!claimed) {
                released();
            }
        }
    }

    /** By VFIO where there is an I/O MMU; without one by UIO, if that was allowed. */
    private PciFunction open() throws IOException {
        boolean bounded = !sysfs.group(address).isEmpty();
        String group;
        try {
            group = take();
        } catch (IOException e) {
            if (bounded || !unbounded.isAllowed()) {
                throw e;
            }
            devices.loadModule("uio_pci_generic");
            sysfs.take(address, UIO);
            return UioFunction.open(this, sysfs.device(address), devices, unbounded::physical);
        }
        return VfioFunction.open(this, group, devices);
    }
}
