package org.cloudos.image;

import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.channels.FileChannel;
import java.nio.file.FileVisitResult;
import java.nio.file.Files;
import java.nio.file.LinkOption;
import java.nio.file.Path;
import java.nio.file.SimpleFileVisitor;
import java.nio.file.StandardCopyOption;
import java.nio.file.StandardOpenOption;
import java.nio.file.attribute.BasicFileAttributes;
import java.util.function.Predicate;

/** Copies and deletes folders, and copies files without filling their holes. */
final class Trees {
    private static final int BLOCK = 1 << 16;
    private static final int FOLDER = 0755;
    private static final int FILE = 0644;

    private Trees() {}

    static void delete(Path tree) throws IOException {
        if (!Files.exists(tree, LinkOption.NOFOLLOW_LINKS)) return;
        Files.walkFileTree(tree, new SimpleFileVisitor<>() {
            @Override public FileVisitResult visitFile(Path file, BasicFileAttributes a) throws IOException {
                Files.delete(file);
                return FileVisitResult.CONTINUE;
            }

            @Override public FileVisitResult postVisitDirectory(Path dir, IOException e) throws IOException {
                Files.delete(dir);
                return FileVisitResult.CONTINUE;
            }
        });
    }

    /** Makes a folder and those above it that are missing, with the modes of an image whatever the umask here is. */
    static void folders(Path folder) throws IOException {
        if (Files.isDirectory(folder)) return;
        folders(folder.getParent());
        Files.createDirectory(folder);
        Files.setAttribute(folder, "unix:mode", FOLDER);
    }

    /** Writes a file, likewise. */
    static void write(Path file, String text) throws IOException {
        folders(file.getParent());
        Files.writeString(file, text);
        Files.setAttribute(file, "unix:mode", FILE);
    }

    /** Gives everything below a folder the modes of an image: 0755 for folders and programs, 0644 for all else. */
    static void plainModes(Path tree) throws IOException {
        Files.walkFileTree(tree, new SimpleFileVisitor<>() {
            @Override public FileVisitResult preVisitDirectory(Path dir, BasicFileAttributes a) throws IOException {
                Files.setAttribute(dir, "unix:mode", FOLDER);
                return FileVisitResult.CONTINUE;
            }

            @Override public FileVisitResult visitFile(Path file, BasicFileAttributes a) throws IOException {
                if (a.isRegularFile()) Files.setAttribute(file, "unix:mode", plainMode(file));
                return FileVisitResult.CONTINUE;
            }
        });
    }

    /** The mode in an image of a file that comes from here. */
    static int plainMode(Path file) throws IOException {
        return ((Integer) Files.getAttribute(file, "unix:mode", LinkOption.NOFOLLOW_LINKS) & 0100) != 0 ? FOLDER : FILE;
    }

    /** Copies what {@code wanted} accepts (relative paths; folders are made as needed); links stay links. */
    static void copy(Path from, Path to, Predicate<Path> wanted) throws IOException {
        Files.walkFileTree(from, new SimpleFileVisitor<>() {
            @Override public FileVisitResult visitFile(Path file, BasicFileAttributes a) throws IOException {
                Path relative = from.relativize(file);
                if (!wanted.test(relative)) return FileVisitResult.CONTINUE;
                Path target = to.resolve(relative.toString());
                Files.createDirectories(target.getParent());
                Files.copy(file, target, LinkOption.NOFOLLOW_LINKS, StandardCopyOption.COPY_ATTRIBUTES, StandardCopyOption.REPLACE_EXISTING);
                return FileVisitResult.CONTINUE;
            }
        });
    }

    /** Writes a file's bytes at an offset of another; blocks of zeros are left as holes. */
    static void copySparse(Path from, Path to, long offset) throws IOException {
        ByteBuffer block = ByteBuffer.allocate(BLOCK);
        try (FileChannel in = FileChannel.open(from);
                FileChannel out = FileChannel.open(to, StandardOpenOption.WRITE, StandardOpenOption.CREATE)) {
            for (long at = 0; in.read(block, at) > 0; block.clear()) {
                int length = block.position();
                block.flip();
                if (!zeros(block)) {
                    while (block.hasRemaining()) out.write(block, offset + at + block.position());
                }
                at += length;
            }
            if (out.size() < offset + in.size()) grow(out, offset + in.size());
        }
    }

    /** A file of this length that takes no room. */
    static void createSparse(Path file, long length) throws IOException {
        try (FileChannel out = FileChannel.open(file, StandardOpenOption.WRITE, StandardOpenOption.CREATE_NEW, StandardOpenOption.SPARSE)) {
            grow(out, length);
        }
    }

    private static void grow(FileChannel out, long length) throws IOException {
        out.write(ByteBuffer.wrap(new byte[1]), length - 1);
    }

    private static boolean zeros(ByteBuffer block) {
        for (int i = 0; i < block.limit(); i++) {
            if (block.get(i) != 0) return false;
        }
        return true;
    }
}
