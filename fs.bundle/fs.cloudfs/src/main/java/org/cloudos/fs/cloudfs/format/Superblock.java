package org.cloudos.fs.cloudfs.format;

import java.nio.charset.StandardCharsets;
import java.util.UUID;
import org.cloudos.fs.Errno;
import org.cloudos.fs.FsException;

/**
 * What a commit ends with: one block, little-endian.
 *
 * <pre>
 * 0 magic "CloudFS\n"(8) · 8 crc32c of the bytes from 12(4) · 12 version(4) · 16 volume(16) · 32 own block(8) · 40 generation(8)
 * · 48 blocks of the volume(8) · 56 block shift(1) · 57 node shift(1) · 58 devices(1) · 59 this device(1) · 60 blocks of the log(4)
 * · 64 compat(8) · 72 ro-compat(8) · 80 incompat(8) · 88 catalog(32) · 120 space(32) · 152 shares(32) · 184 key of names' hash(16)
 * · 200 free blocks(8) · 208 next subvolume(8) · 216 where nodes are placed(8) · 224 where mirrors are(8) · 232 where data is(8)
 * · 240 compression of new files(1) · 241 label length(1) · 242 zero(6) · 248 made at, ns since the epoch(8) · 256 label(64)
 * · 320 sealed key(256), see {@code KeySlot} · with the feature SHA-256: 576 digests of catalog, space and shares(32 each), and 4064 that of the bytes from
 * 12 to there(32)
 * </pre>
 */
public record Superblock(UUID volume, long generation, long blocks, int logBlocks, int devices, int device, Features features, Pointer catalog,
        Pointer space, Pointer shares, long hashKey0, long hashKey1, long freeBlocks, long nextSubvolume, long[] goals, int codec, String label,
        long made, byte[] sealedKey) {
    public static final long MAGIC = 0x0A53_4664_756F_6C43L;
    public static final int VERSION = 1;
    public static final int SEALED_KEY = 256;
    private static final int DIGESTS = 576, OWN_DIGEST = Layout.BLOCK - Digest.BYTES;

    /** The bytes for one of its places. */
    public byte[] emit(long ownBlock, int ownDevice) {
        byte[] b = new byte[Layout.BLOCK];
        Le.i64(b, 0, MAGIC);
        Le.i32(b, 12, VERSION);
        Le.uuid(b, 16, volume);
        Le.i64(b, 32, ownBlock);
        Le.i64(b, 40, generation);
        Le.i64(b, 48, blocks);
        b[56] = Layout.BLOCK_SHIFT;
        b[57] = 14;
        b[58] = (byte) devices;
        b[59] = (byte) ownDevice;
        Le.i32(b, 60, logBlocks);
        Le.i64(b, 64, features.compat());
        Le.i64(b, 72, features.readOnly());
        Le.i64(b, 80, features.incompat());
        catalog.write(b, 88, DIGESTS);
        space.write(b, 120, DIGESTS + Digest.BYTES);
        shares.write(b, 152, DIGESTS + 2 * Digest.BYTES);
        Le.i64(b, 184, hashKey0);
        Le.i64(b, 192, hashKey1);
        Le.i64(b, 200, freeBlocks);
        Le.i64(b, 208, nextSubvolume);
        for (int i = 0; i < 3; i++) {
            Le.i64(b, 216 + 8 * i, goals[i]);
        }
        b[240] = (byte) codec;
        byte[] text = label.getBytes(StandardCharsets.UTF_8);
        b[241] = (byte) text.length;
        Le.i64(b, 248, made);
        System.arraycopy(text, 0, b, 256, text.length);
        System.arraycopy(sealedKey, 0, b, 320, SEALED_KEY);
        if (features.has(Features.SHA256)) {
            Digest.of(b, 12, OWN_DIGEST - 12).write(b, OWN_DIGEST);
        }
        Le.i32(b, 8, Crc.of(b, 12, Layout.BLOCK - 12));
        return b;
    }

    /** Whether a block begins as a superblock does. */
    public static boolean recognises(byte[] b) {
        return Le.i64(b, 0) == MAGIC;
    }

    /**
     * Untrusted bytes: magic, checksum, version, then ranges. {@code EOPNOTSUPP} for a newer version, whatever else it may say.
     *
     * @param ownBlock where they stood
     */
    public static Superblock parse(byte[] b, long ownBlock) throws FsException {
        String where = "superblock in block " + ownBlock;
        expect(where, "magic", Long.toHexString(MAGIC), Long.toHexString(Le.i64(b, 0)));
        expect(where, "crc32c", Integer.toHexString(Le.i32(b, 8)), Integer.toHexString(Crc.of(b, 12, Layout.BLOCK - 12)));
        int version = Le.i32(b, 12);
        if (version > VERSION) {
            throw new FsException.Refused(Errno.EOPNOTSUPP, "volume " + Le.uuid(b, 16) + " has format version " + version
                    + ", this version of CloudFS knows version " + VERSION);
        }
        expect(where, "version", VERSION, version);
        expect(where, "own block", ownBlock, Le.i64(b, 32));
        expect(where, "block and node size", "12 and 14", b[56] + " and " + b[57]);
        Features features = new Features(Le.i64(b, 64), Le.i64(b, 72), Le.i64(b, 80));
        if (features.has(Features.SHA256)) {
            expect(where, "sha256", Digest.read(b, OWN_DIGEST), Digest.of(b, 12, OWN_DIGEST - 12));
        }
        long blocks = Le.i64(b, 48);
        range(where, "blocks", blocks, Layout.LEAST_BLOCKS, 1L << 50);
        int logBlocks = Le.i32(b, 60);
        range(where, "blocks of the log", logBlocks, 128, 4096);
        range(where, "devices", b[58], 1, 2);
        range(where, "device", b[59], 0, b[58] - 1);
        range(where, "generation", Le.i64(b, 40), 1, Long.MAX_VALUE - 1);
        range(where, "compression", b[240], 0, 4);
        int labelBytes = Le.u8(b, 241);
        range(where, "label", labelBytes, 0, 64);
        long[] goals = new long[3];
        for (int i = 0; i < 3; i++) {
            goals[i] = Math.floorMod(Le.i64(b, 216 + 8 * i), blocks);
        }
        byte[] sealed = java.util.Arrays.copyOfRange(b, 320, 320 + SEALED_KEY);
        return new Superblock(Le.uuid(b, 16), Le.i64(b, 40), blocks, logBlocks, b[58], b[59], features,
                Pointer.read(b, 88, DIGESTS), Pointer.read(b, 120, DIGESTS + Digest.BYTES), Pointer.read(b, 152, DIGESTS + 2 * Digest.BYTES),
                Le.i64(b, 184), Le.i64(b, 192), Le.i64(b, 200), Le.i64(b, 208), goals, b[240],
                new String(b, 256, labelBytes, StandardCharsets.UTF_8), Le.i64(b, 248), sealed);
    }

    private static void expect(String where, String field, Object expected, Object found) throws FsException {
        if (!expected.equals(found)) {
            throw new FsException.Corrupt(where, field, expected, found);
        }
    }

    private static void range(String where, String field, long value, long least, long most) throws FsException {
        if (value < least || value > most) {
            throw new FsException.Corrupt(where, field, least + " to " + most, value);
        }
    }
}
