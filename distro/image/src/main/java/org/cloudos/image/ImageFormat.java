package org.cloudos.image;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Arrays;
import java.util.Locale;
import java.util.stream.Collectors;

/** The forms that an image comes in. */
public enum ImageFormat {
    /** vmlinuz and initramfs.img with the root file system inside, to boot directly or from the network; root.erofs besides. */
    KERNEL {
        @Override void write(Image.Parts parts, Path into) throws IOException {
            Files.copy(parts.files().kernel(), into.resolve("vmlinuz"));
            Files.copy(parts.files().root(), into.resolve("root.erofs"));
            Files.copy(parts.files().initramfs(), into.resolve("initramfs-small.img"));
            Initramfs initramfs = new Initramfs(parts.init(), parts.modules(), parts.packages() != null);
            initramfs.writeSelfContained(into.resolve("initramfs.img"), parts.files().root(), into);
        }
    },
    /** One disk that UEFI firmware boots: ESP with a unified kernel image, root, data. */
    DISK {
        @Override void write(Image.Parts parts, Path into) throws IOException {
            DiskImage.write(parts, into.resolve("cloudos-" + parts.profile() + "-" + parts.arch().label() + ".img"));
        }
    };

    abstract void write(Image.Parts parts, Path into) throws IOException;

    public String label() {
        return name().toLowerCase(Locale.ROOT);
    }

    /** @throws ImageException when there is no such format */
    public static ImageFormat of(String name) throws ImageException {
        for (ImageFormat format : values()) {
            if (format.label().equals(name)) return format;
        }
        throw new ImageException("unknown image format '" + name + "'; there are: "
                + Arrays.stream(values()).map(ImageFormat::label).collect(Collectors.joining(", ")));
    }
}
