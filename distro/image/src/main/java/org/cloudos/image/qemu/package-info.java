/**
 * Boots an image in QEMU: {@link Machine} says what, {@link QemuCommand} is its command line, {@link QemuRun} runs it.
 *
 * <p>The host talks to the guest through fw_cfg files (options, SSH keys, commands to execute) and hears of it through a
 * virtio-serial port, {@link StatusChannel}; the serial console is the terminal.
 */
package org.cloudos.image.qemu;
