package org.cloudos.image;

import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;

/**
 * A unified kernel image (UAPI.5): systemd's EFI stub with kernel, initramfs, command line and os-release as further
 * sections of the same PE file. Written here, as a PE file is only a table and the blobs (PE Format §3, §4):
 *
 * <p>0x3c peOffset(4); at the PE signature: 6 numberOfSections(2) · 20 sizeOfOptionalHeader(2); in the optional header,
 * 24 bytes after the signature: 32 sectionAlignment(4) · 36 fileAlignment(4) · 56 sizeOfImage(4) · 60 sizeOfHeaders(4) ·
 * 64 checkSum(4); then sections of 40 bytes: name(8) virtualSize(4) virtualAddress(4) rawSize(4) rawOffset(4) 12 unused
 * characteristics(4).
 */
final class UnifiedKernel {
    private static final int PE_OFFSET = 0x3c;
    private static final int PE_SIGNATURE = 0x4550;
    private static final int COFF = 24;
    private static final int SECTION = 40;
    /** Initialized data, readable. */
    private static final int DATA = 0x4000_0040;

    private record Blob(String section, byte[] data) {}

    private UnifiedKernel() {}

    static void write(Path stub, Image.BootFiles files, String commandLine, String profile, Path image) throws IOException {
        String release = "ID=cloudos\nNAME=CloudOS\nPRETTY_NAME=\"CloudOS (" + profile + ")\"\n";
        Files.write(image, join(Files.readAllBytes(stub), List.of(
                new Blob(".osrel", release.getBytes(StandardCharsets.UTF_8)),
                new Blob(".cmdline", commandLine.getBytes(StandardCharsets.UTF_8)),
                new Blob(".initrd", Files.readAllBytes(files.initramfs())),
                new Blob(".linux", Files.readAllBytes(files.kernel())))));
    }

    private static byte[] join(byte[] stub, List<Blob> blobs) throws ImageException {
        ByteBuffer in = ByteBuffer.wrap(stub).order(ByteOrder.LITTLE_ENDIAN);
        int pe = in.getInt(PE_OFFSET);
        if (in.getInt(pe) != PE_SIGNATURE) throw new ImageException("the EFI stub is no PE file");
        int optional = pe + COFF;
        int sections = Short.toUnsignedInt(in.getShort(pe + 6));
        int table = optional + Short.toUnsignedInt(in.getShort(pe + 20));
        int sectionAlignment = in.getInt(optional + 32);
        int fileAlignment = in.getInt(optional + 36);
        int firstNew = table + sections * SECTION;
        if (firstNew + blobs.size() * SECTION > in.getInt(optional + 60)) {
            throw new ImageException("the EFI stub has no room for " + blobs.size() + " more section headers");
        }
        int last = firstNew - SECTION;
        long address = align(Integer.toUnsignedLong(in.getInt(last + 12)) + in.getInt(last + 8), sectionAlignment);
        long offset = align(stub.length, fileAlignment);

        List<long[]> places = new ArrayList<>();
        for (Blob blob : blobs) {
            places.add(new long[] {address, offset});
            address = align(address + blob.data().length, sectionAlignment);
            offset = align(offset + blob.data().length, fileAlignment);
        }
        ByteBuffer out = ByteBuffer.allocate(Math.toIntExact(offset)).order(ByteOrder.LITTLE_ENDIAN).put(0, stub);
        for (int i = 0; i < blobs.size(); i++) {
            Blob blob = blobs.get(i);
            int header = firstNew + i * SECTION;
            out.put(header, blob.section().getBytes(StandardCharsets.US_ASCII));
            out.putInt(header + 8, blob.data().length).putInt(header + 12, (int) places.get(i)[0]);
            out.putInt(header + 16, (int) align(blob.data().length, fileAlignment)).putInt(header + 20, (int) places.get(i)[1]);
            out.putInt(header + 36, DATA);
            out.put((int) places.get(i)[1], blob.data());
        }
        out.putShort(pe + 6, (short) (sections + blobs.size()));
        out.putInt(optional + 56, (int) address).putInt(optional + 64, 0);
        return out.array();
    }

    private static long align(long value, int to) {
        return (value + to - 1) / to * to;
    }
}
