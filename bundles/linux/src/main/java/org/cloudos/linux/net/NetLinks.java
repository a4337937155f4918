package org.cloudos.linux.net;

import org.cloudos.linux.LinuxException;
import org.cloudos.linux.device.DeviceFile;
import org.osgi.annotation.versioning.ProviderType;

/** Files whose {@link DeviceFile#next} and {@link DeviceFile#put} move one Ethernet frame each. */
@ProviderType
public interface NetLinks {
    /**
     * Makes an interface whose other end is the file: what Linux sends there is read here. It goes with the file.
     *
     * @param name of the new interface, or of one that was made to stay
     * @throws LinuxException {@code EPERM} without {@code CAP_NET_ADMIN}; {@code EBUSY} somebody has it; {@code ENOENT}, {@code ENODEV} no kernel module
     * {@code tun}
     */
    DeviceFile tap(String name) throws LinuxException;

    /**
     * All frames that come to an interface of Linux, and a way to send there ({@code AF_PACKET}). Linux gets them too.
     *
     * @param all frames for others too (promiscuous)
     * @throws LinuxException {@code EPERM} without {@code CAP_NET_RAW}; {@code ENODEV}
     */
    DeviceFile packets(String name, boolean all) throws LinuxException;

    /** Turns an interface on or off. {@code EPERM} without {@code CAP_NET_ADMIN}; {@code ENODEV}. */
    void up(String name, boolean on) throws LinuxException;
}
