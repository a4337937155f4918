package org.cloudos.config.layers;

import java.io.IOException;
import java.io.InputStream;
import java.nio.ByteBuffer;
import java.nio.CharBuffer;
import java.nio.charset.CharsetDecoder;
import java.nio.charset.CoderResult;
import java.nio.charset.CodingErrorAction;
import java.nio.charset.StandardCharsets;
import java.nio.file.AccessDeniedException;
import java.nio.file.FileSystemException;
import java.nio.file.Files;
import java.nio.file.NoSuchFileException;
import java.nio.file.Path;
import java.nio.file.attribute.BasicFileAttributes;
import org.cloudos.config.yaml.SyntaxException;
import org.cloudos.config.yaml.YamlReader;

/** Reads a text file that may be anything: a folder, a pipe, a link to itself, a gigabyte of zeros. */
public final class TextFile {
    /** Bytes of a file. */
    public static final int MAX_BYTES = YamlReader.MAX_LENGTH;

    private TextFile() { }

    /**
     * The file's text.
     *
     * @throws SyntaxException     when it is not UTF-8, with the place
     * @throws NoSuchFileException when there is no such file
     * @throws IOException         whose message is a sentence without the file's name
     */
    public static String read(Path file) throws IOException, SyntaxException {
        BasicFileAttributes attributes;
        try {
            attributes = Files.readAttributes(file, BasicFileAttributes.class);
        } catch (NoSuchFileException e) {
            if (Files.isSymbolicLink(file)) {
                throw new IOException("a link that points to nothing: " + Files.readSymbolicLink(file), e);
            }
            throw e;
        } catch (FileSystemException e) {
            throw new IOException("can't be read: " + reason(e), e);
        }
        if (attributes.isDirectory()) {
            throw new IOException("expected a file, found a folder");
        }
        if (!attributes.isRegularFile()) {
            throw new IOException("expected a file, found a device, pipe or socket");
        }
        if (attributes.size() > MAX_BYTES) {
            throw new IOException("expected at most " + MAX_BYTES + " bytes, found " + attributes.size());
        }
        return decode(bytes(file));
    }

    private static byte[] bytes(Path file) throws IOException {
        try (InputStream in = Files.newInputStream(file)) {
            byte[] bytes = in.readNBytes(MAX_BYTES + 1); // it may grow meanwhile, or tell no size
            if (bytes.length > MAX_BYTES) {
                throw new IOException("expected at most " + MAX_BYTES + " bytes, found more");
            }
            return bytes;
        } catch (FileSystemException e) {
            throw new IOException("can't be read: " + reason(e), e);
        }
    }

    private static String reason(FileSystemException e) {
        return e instanceof AccessDeniedException ? "not allowed" : e.getReason() == null ? e.getMessage() : e.getReason();
    }

    /** UTF-8 (RFC 3629), strictly. */
    public static String decode(byte[] bytes) throws SyntaxException {
        CharsetDecoder decoder = StandardCharsets.UTF_8.newDecoder().onMalformedInput(CodingErrorAction.REPORT)
                .onUnmappableCharacter(CodingErrorAction.REPORT);
        ByteBuffer in = ByteBuffer.wrap(bytes);
        CharBuffer out = CharBuffer.allocate(bytes.length);
        CoderResult result = decoder.decode(in, out, true);
        out.flip();
        String text = out.toString();
        if (result.isError()) {
            int line = (int) text.chars().filter(c -> c == '\n').count() + 1;
            throw new SyntaxException(line, text.length() - text.lastIndexOf('\n'),
                    String.format("expected UTF-8, found the byte 0x%02X", bytes[in.position()]));
        }
        return text.startsWith("\uFEFF") ? text.substring(1) : text;
    }
}
