package org.cloudos.fs.fuse.server;

import java.lang.foreign.Arena;
import java.lang.foreign.MemorySegment;
import java.lang.foreign.ValueLayout;
import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.nio.charset.CharacterCodingException;
import java.nio.charset.StandardCharsets;
import org.cloudos.fs.Errno;
import org.cloudos.fs.FsException;
import org.cloudos.linux.LinuxException;
import org.cloudos.linux.fuse.FuseChannel;

/**
 * A request and its reply, in memory that is used again for the next. What a file gets or gives lies on a page boundary in both, so
 * that it can go to a device as it is.
 *
 * <p>fuse_in_header: 0 len(4) · 4 opcode(4) · 8 unique(8) · 16 nodeid(8) · 24 uid(4) · 28 gid(4) · 32 pid(4) · 36 extension(2) · 38 pad(2).
 * fuse_out_header: 0 len(4) · 4 error(4) · 8 unique(8). The machine's byte order.
 */
final class Exchange {
    static final int IN_HEADER = 40, OUT_HEADER = 16, WRITE_IN = 40, PAGE = 4096;
    static final int LARGEST_DATA = 1 << 20;
    private static final int HEAD = 1024, LONGEST_NAME = 255, INVAL_INODE = 24;
    private static final ValueLayout.OfInt INT = ValueLayout.JAVA_INT_UNALIGNED;
    private static final ValueLayout.OfLong LONG = ValueLayout.JAVA_LONG_UNALIGNED;

    private final MemorySegment request;
    private final MemorySegment head;
    private final MemorySegment data;
    private int length;
    private boolean answered;

    /** @param arena whose memory all threads may use: devices do */
    Exchange(Arena arena) {
        request = arena.allocate(PAGE + LARGEST_DATA, PAGE).asSlice(PAGE - IN_HEADER - WRITE_IN);
        head = arena.allocate(HEAD, 8);
        data = arena.allocate(LARGEST_DATA, PAGE);
    }

    /** @return false when there will be no more */
    boolean receive(FuseChannel channel) throws LinuxException {
        length = channel.receive(request);
        answered = false;
        if (length >= 0 && (length < IN_HEADER || request.get(INT, 0) != length)) {
            throw new IllegalStateException("request of the kernel: expected " + request.get(INT, 0) + " bytes, found " + length);
        }
        return length >= 0;
    }

    int opcode() {
        return request.get(INT, 4);
    }

    long unique() {
        return request.get(LONG, 8);
    }

    long node() {
        return request.get(LONG, 16);
    }

    int uid() {
        return request.get(INT, 24);
    }

    int gid() {
        return request.get(INT, 28);
    }

    /** A field behind the header. */
    int inInt(int offset) throws FsException {
        need(offset + 4);
        return request.get(INT, IN_HEADER + offset);
    }

    long inLong(int offset) throws FsException {
        need(offset + 8);
        return request.get(LONG, IN_HEADER + offset);
    }

    private void need(long end) throws FsException {
        if (IN_HEADER + end > length) {
            throw new FsException.Refused(Errno.EINVAL, "request " + opcode() + " of " + length + " bytes");
        }
    }

    /** A file's bytes in the request. */
    MemorySegment inData(int offset, long size) throws FsException {
        if (size < 0) {
            throw new FsException.Refused(Errno.EINVAL, "size " + size);
        }
        need(offset + size);
        return request.asSlice(IN_HEADER + offset, size);
    }

    /** Where the NUL of a string is that begins at the offset. */
    int endOfString(int offset) throws FsException {
        for (int i = IN_HEADER + offset; i < length; i++) {
            if (request.get(ValueLayout.JAVA_BYTE, i) == 0) {
                return i - IN_HEADER;
            }
        }
        throw new FsException.Refused(Errno.EINVAL, "request " + opcode() + " without the end of a name");
    }

    /** An entry's name: UTF-8, since the volume keeps no other. */
    String name(int offset) throws FsException {
        int bytes = endOfString(offset) - offset;
        if (bytes > LONGEST_NAME) {
            throw new FsException.Refused(Errno.ENAMETOOLONG, "name of " + bytes + " bytes");
        }
        return string(offset, bytes);
    }

    String string(int offset, int bytes) throws FsException {
        byte[] text = new byte[bytes];
        MemorySegment.copy(request, ValueLayout.JAVA_BYTE, IN_HEADER + offset, text, 0, bytes);
        for (byte b : text) {
            if (b < 0) {
                return decoded(text);
            }
        }
        return new String(text, StandardCharsets.ISO_8859_1);
    }

    private static String decoded(byte[] text) throws FsException {
        try {
            return StandardCharsets.UTF_8.newDecoder().decode(ByteBuffer.wrap(text)).toString();
        } catch (CharacterCodingException e) {
            throw new FsException.Refused(Errno.EILSEQ, "name of " + text.length + " bytes");
        }
    }

    /** What is sent behind the reply's header; for what is small. */
    MemorySegment out() {
        return head.asSlice(OUT_HEADER);
    }

    /** As {@link #out}, all zeros. */
    MemorySegment out(int bytes) {
        return head.asSlice(OUT_HEADER, bytes).fill((byte) 0);
    }

    /** What is sent behind the reply's header; for what is large. */
    MemorySegment data() {
        return data;
    }

    void reply(FuseChannel channel, int outBytes) throws LinuxException {
        send(channel, 0, OUT_HEADER + outBytes, 0);
    }

    void replyData(FuseChannel channel, long dataBytes) throws LinuxException {
        send(channel, 0, OUT_HEADER, dataBytes);
    }

    void reply(FuseChannel channel, byte[] value) throws LinuxException {
        MemorySegment.copy(value, 0, data, ValueLayout.JAVA_BYTE, 0, value.length);
        replyData(channel, value.length);
    }

    void fail(FuseChannel channel, int errno) throws LinuxException {
        send(channel, -errno, OUT_HEADER, 0);
    }

    /**
     * Has the kernel ask for the node's attributes when it needs them next. Before the reply, since a program may look as soon as it has that.
     * FUSE_NOTIFY_INVAL_INODE, fuse_notify_inval_inode_out: 0 ino · 8 off · 16 len; off below 0 lets pages be, so that nothing is waited for.
     */
    void forgetAttributes(FuseChannel channel) throws LinuxException {
        MemorySegment out = out(INVAL_INODE);
        out.set(LONG, 0, node());
        out.set(LONG, 8, -1);
        head.set(INT, 0, OUT_HEADER + INVAL_INODE);
        head.set(INT, 4, Opcode.NOTIFY_INVAL_INODE);
        head.set(LONG, 8, 0);
        channel.send(head, OUT_HEADER + INVAL_INODE, null, 0);
    }

    /** For requests that get no reply. */
    void noReply() {
        answered = true;
    }

    boolean answered() {
        return answered;
    }

    private void send(FuseChannel channel, int error, int headBytes, long dataBytes) throws LinuxException {
        head.set(INT, 0, (int) (headBytes + dataBytes));
        head.set(INT, 4, error);
        head.set(LONG, 8, unique());
        answered = true;
        channel.send(head, headBytes, data, dataBytes);
    }

    static {
        if (ByteOrder.nativeOrder() != ByteOrder.LITTLE_ENDIAN) {
            throw new UnsupportedOperationException("extended attributes of Linux are little-endian, and nothing here was tried otherwise");
        }
    }
}
