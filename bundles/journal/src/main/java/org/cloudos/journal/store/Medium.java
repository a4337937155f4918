package org.cloudos.journal.store;

import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.channels.FileChannel;
import java.nio.file.Path;
import java.nio.file.StandardOpenOption;

/** Where files are written to; a test's may fail. */
interface Medium {
    /** Opens for writing; makes the file if it isn't there. */
    Output open(Path path) throws IOException;

    /** A file that is written by one thread. */
    interface Output extends AutoCloseable {
        /** All of it, or an exception and no telling how much. */
        void write(ByteBuffer bytes, long at) throws IOException;

        void force() throws IOException;

        void truncate(long length) throws IOException;

        @Override void close() throws IOException;
    }

    /** Linux's files. */
    Medium FILES = path -> {
        FileChannel channel = FileChannel.open(path, StandardOpenOption.WRITE, StandardOpenOption.CREATE);
        return new Output() {
            @Override public void write(ByteBuffer bytes, long at) throws IOException {
                long to = at;
                while (bytes.hasRemaining()) {
                    to += channel.write(bytes, to);
                }
            }

            @Override public void force() throws IOException {
                channel.force(false);
            }

            @Override public void truncate(long length) throws IOException {
                channel.truncate(length);
            }

            @Override public void close() throws IOException {
                channel.close();
            }
        };
    };
}
