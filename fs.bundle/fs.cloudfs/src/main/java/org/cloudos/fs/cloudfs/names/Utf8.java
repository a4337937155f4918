package org.cloudos.fs.cloudfs.names;

import java.nio.ByteBuffer;
import java.nio.CharBuffer;
import java.nio.charset.CharacterCodingException;
import java.nio.charset.CodingErrorAction;
import java.nio.charset.StandardCharsets;
import org.cloudos.fs.Errno;
import org.cloudos.fs.FsException;

/** Names as bytes. */
final class Utf8 {
    private Utf8() { }

    /** {@code EILSEQ} for lone surrogates, {@code ENAMETOOLONG}, {@code EINVAL} for what no name can be. */
    static byte[] name(String name) throws FsException {
        byte[] bytes = bytes(name);
        if (bytes.length > 255) {
            throw new FsException.Refused(Errno.ENAMETOOLONG, "name of " + bytes.length + " bytes");
        }
        if (bytes.length == 0 || name.indexOf('/') >= 0 || name.indexOf(0) >= 0 || name.equals(".") || name.equals("..")) {
            throw new FsException.Refused(Errno.EINVAL, "name \"" + name + "\"");
        }
        return bytes;
    }

    static byte[] bytes(String text) throws FsException {
        int n = text.length();
        for (int i = 0; i < n; i++) {
            if (Character.isSurrogate(text.charAt(i))) {
                return strict(text);
            }
        }
        return text.getBytes(StandardCharsets.UTF_8);
    }

    private static byte[] strict(String text) throws FsException {
        try {
            ByteBuffer out = StandardCharsets.UTF_8.newEncoder().onMalformedInput(CodingErrorAction.REPORT).encode(CharBuffer.wrap(text));
            byte[] bytes = new byte[out.remaining()];
            out.get(bytes);
            return bytes;
        } catch (CharacterCodingException e) {
            throw new FsException.Refused(Errno.EILSEQ, "name");
        }
    }
}
