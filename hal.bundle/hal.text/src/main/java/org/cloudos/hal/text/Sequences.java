package org.cloudos.hal.text;

import java.util.Arrays;

/**
 * Control sequences found in a stream of bytes: ECMA-48 §5.4, with the states of DEC's VT500 parser. Any bytes may come; parameters
 * over {@value #HIGHEST} are that, those after the {@value #MOST}th and texts for the terminal itself (OSC, DCS) are dropped.
 */
final class Sequences {
    static final int HIGHEST = 9999, MOST = 16;
    private static final int ESC = 0x1b, CAN = 0x18, SUB = 0x1a, BEL = 7;

    /** What was found. */
    interface Actions {
        /** A character to show. */
        void print(int character);

        /** A control character, below 32 or 127. */
        void control(int code);

        /** {@code ESC intermediate final}; 0 for no intermediate. */
        void escape(int intermediate, int last);

        /** {@code CSI prefix parameters intermediate final}; 0 for none; parameters left out are 0. */
        void sequence(int prefix, int intermediate, int last, int[] parameters, int count);
    }

    private enum State { GROUND, ESCAPE, INTERMEDIATE, ENTRY, PARAMETER, BROKEN, TEXT, TEXT_ESCAPE }

    private final Actions actions;
    private final Utf8 utf8 = new Utf8();
    private final int[] parameters = new int[MOST];
    private State state = State.GROUND;
    private int count;
    private int prefix;
    private int intermediate;

    Sequences(Actions actions) {
        this.actions = actions;
    }

    void next(int b) {
        if (state == State.GROUND && (b >= 0x80 || utf8.isPending())) {
            character(b);
        } else if (b == ESC) {
            state = state == State.TEXT ? State.TEXT_ESCAPE : begin(State.ESCAPE);
        } else if (b == CAN || b == SUB) {
            state = State.GROUND;
        } else if (state == State.TEXT || state == State.TEXT_ESCAPE) {
            text(b);
        } else if (b < 0x20 || b == 0x7f) {
            actions.control(b); // inside of a sequence too
        } else if (b < 0x80) {
            visible(b);
        } else {
            state = State.GROUND;
            character(b);
        }
    }

    private void character(int b) {
        boolean pending = utf8.isPending();
        int c = utf8.next(b);
        if (c != Utf8.MORE) {
            actions.print(c);
            if (c == Utf8.REPLACEMENT && pending && (b & 0xc0) != 0x80) {
                next(b); // it began something else
            }
        }
    }

    private State begin(State next) {
        utf8.reset();
        count = 0;
        prefix = 0;
        intermediate = 0;
        Arrays.fill(parameters, 0);
        return next;
    }

    /** A text ends with BEL or {@code ESC \}; another ESC begins something new. */
    private void text(int b) {
        if (b == BEL) {
            state = State.GROUND;
        } else if (state == State.TEXT_ESCAPE) {
            state = begin(State.ESCAPE);
            if (b == '\\') {
                state = State.GROUND;
            } else {
                next(b);
            }
        }
    }

    private void visible(int b) {
        switch (state) {
            case GROUND -> actions.print(b);
            case ESCAPE -> escape(b);
            case INTERMEDIATE -> {
                if (b >= 0x30) {
                    state = State.GROUND;
                    actions.escape(intermediate, b);
                }
            }
            default -> sequence(b);
        }
    }

    private void escape(int b) {
        if (b == '[') {
            state = begin(State.ENTRY);
        } else if (b == ']' || b == 'P' || b == 'X' || b == '^' || b == '_') {
            state = State.TEXT;
        } else if (b < 0x30) {
            intermediate = b;
            state = State.INTERMEDIATE;
        } else {
            state = State.GROUND;
            actions.escape(0, b);
        }
    }

    private void sequence(int b) {
        if (b >= 0x40) {
            boolean whole = state != State.BROKEN;
            state = State.GROUND;
            if (whole) {
                actions.sequence(prefix, intermediate, b, parameters, Math.min(count, MOST));
            }
        } else if (state == State.ENTRY && b >= 0x3c) {
            prefix = b;
            state = State.PARAMETER;
        } else if (b >= 0x3c) {
            state = State.BROKEN;
        } else if (b >= 0x30) {
            parameter(b);
        } else {
            intermediate = b;
            state = state == State.ENTRY ? State.PARAMETER : state;
        }
    }

    private void parameter(int b) {
        state = state == State.BROKEN || intermediate != 0 ? State.BROKEN : State.PARAMETER;
        count = Math.max(count, 1);
        if (b == ';' || b == ':') {
            count = Math.min(count + 1, MOST + 1);
        } else if (count <= MOST) {
            parameters[count - 1] = Math.min(HIGHEST, parameters[count - 1] * 10 + b - '0');
        }
    }
}
