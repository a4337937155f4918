package org.cloudos.kernel.swap.gate;

import java.util.Arrays;

/** The gates that the current thread is inside of, innermost last. One object a thread, used by that thread alone. */
final class Inside {
    private static final ThreadLocal<Inside> CURRENT = ThreadLocal.withInitial(Inside::new);

    final int stripe = InFlight.stripe(Thread.currentThread().threadId());
    private Gate[] gates = new Gate[4];
    private int depth;
    private Closure pass;

    private Inside() { }

    /** Lets this thread through these gates though they are closed: it starts and stops what is behind them. */
    void pass(Closure closure) {
        pass = closure;
    }

    boolean mayPass(Closure closure) {
        return pass == closure;
    }

    static Inside current() {
        return CURRENT.get();
    }

    void push(Gate gate) {
        if (depth == gates.length) gates = Arrays.copyOf(gates, depth * 2);
        gates[depth++] = gate;
    }

    void pop() {
        gates[--depth] = null;
    }

    /** Whether this thread is in a call through a gate that this closure closes. */
    boolean insideOf(Closure closure) {
        for (int i = 0; i < depth; i++) {
            if (gates[i].closure() == closure) return true;
        }
        return false;
    }
}
