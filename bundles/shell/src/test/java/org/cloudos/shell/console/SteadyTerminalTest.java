package org.cloudos.shell.console;

import static org.junit.jupiter.api.Assertions.assertEquals;

import java.util.ArrayDeque;
import java.util.Deque;
import java.util.List;
import org.jline.utils.NonBlockingReader;
import org.junit.jupiter.api.Test;

class SteadyTerminalTest {
    /** Gives these, then nothing but ends. */
    private static NonBlockingReader reader(Integer... characters) {
        Deque<Integer> left = new ArrayDeque<>(List.of(characters));
        return new NonBlockingReader() {
            @Override protected int read(long timeout, boolean isPeek) {
                return left.isEmpty() ? EOF : isPeek && left.peek() != EOF ? left.peek() : left.poll();
            }

            @Override public int readBuffered(char[] buffer, int offset, int length, long timeout) {
                int c = read(timeout, false);
                buffer[offset] = (char) c;
                return c == EOF ? EOF : 1;
            }
        };
    }

    @Test
    void anEndThatIsNoneIsPassedOver() throws Exception {
        NonBlockingReader steady = new SteadyTerminal.Steady(reader((int) 'a', -1, -1, (int) 'b', -2, (int) 'c'));
        assertEquals('a', steady.read(100));
        assertEquals('b', steady.peek(100));
        assertEquals('b', steady.read(100));
        assertEquals(NonBlockingReader.READ_EXPIRED, steady.read(100));
        assertEquals(1, steady.readBuffered(new char[4], 0, 4, 100));
        assertEquals(NonBlockingReader.EOF, steady.read(100));
    }
}
