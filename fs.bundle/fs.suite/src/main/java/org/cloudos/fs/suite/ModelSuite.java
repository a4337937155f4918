package org.cloudos.fs.suite;

import java.util.List;
import net.jqwik.api.Arbitraries;
import net.jqwik.api.Arbitrary;
import net.jqwik.api.Combinators;
import net.jqwik.api.ForAll;
import net.jqwik.api.Property;
import net.jqwik.api.Provide;
import net.jqwik.api.Tuple;
import org.cloudos.fs.AllocateMode;
import org.cloudos.fs.ExtendedMode;
import org.cloudos.fs.FileSystem;
import org.cloudos.fs.NodeType;
import org.cloudos.fs.RenameMode;

/**
 * Random requests to a file system and to a simple model of one, which must answer alike; jqwik shrinks what fails. Run by jqwik's
 * engine: a subclass must be a class of its own, not a nested one.
 */
public abstract class ModelSuite {
    private static final int NEAR = 300_000;

    /** A fresh, empty volume with at least 64 MiB free. */
    protected abstract FileSystem open() throws Exception;

    /** Ends the volume. */
    protected void close() throws Exception { }

    /**
     * Does to the volume what must go unnoticed, such as a remount, a snapshot or a swap of its provider. Holds must survive: where they
     * can't, do nothing.
     *
     * @param choice 0 to 40, of many kinds one
     */
    protected void disturb(int choice) throws Exception { }

    /** Called at the end of a sequence, before {@link #close()}: what a disturbance left to be compared. */
    protected void disturbed() throws Exception { }

    /** Called when the format has not this mode. Fails, in a file system that should have it. */
    protected void unsupported(AllocateMode mode) { }

    /** The check. {@code jqwik.tries.default} in {@code junit-platform.properties} says how often. */
    @Property
    public void answersAsTheModel(@ForAll("requests") List<Step> requests) throws Exception {
        FileSystem fs = open();
        try {
            Pair pair = new Pair(fs, this);
            for (Step step : requests) {
                pair.run(step);
            }
            pair.compare();
            disturbed();
        } finally {
            close();
        }
    }

    @Provide Arbitrary<List<Step>> requests() {
        Arbitrary<Integer> node = Arbitraries.integers().between(0, 40);
        Arbitrary<Integer> folder = Arbitraries.frequencyOf(Tuple.of(2, Arbitraries.just(0)), Tuple.of(3, node));
        Arbitrary<String> name = Arbitraries.of("a", "b", "c", "d", "ü", "e f", "long".repeat(60));
        Arbitrary<Integer> offset = Arbitraries.frequencyOf(Tuple.of(1, Arbitraries.just(0)), Tuple.of(3, Arbitraries.integers().between(0, NEAR)),
                Tuple.of(2, Arbitraries.integers().between(0, 70).map(i -> i * 4096)));
        Arbitrary<Integer> length = Arbitraries.frequencyOf(Tuple.of(3, Arbitraries.integers().between(0, 5000)),
                Tuple.of(1, Arbitraries.integers().between(0, 200_000)), Tuple.of(1, Arbitraries.integers().between(0, 20).map(i -> i * 4096)));
        Arbitrary<Integer> seed = Arbitraries.integers().between(0, 1000);
        Arbitrary<Integer> mode = Arbitraries.integers().between(0, 07777);
        Arbitrary<String> attribute = Arbitraries.of("user.a", "user.b", "trusted.c");
        Arbitrary<NodeType> type = Arbitraries.frequency(Tuple.of(5, NodeType.FILE), Tuple.of(4, NodeType.FOLDER), Tuple.of(1, NodeType.LINK),
                Tuple.of(1, NodeType.FIFO));
        Arbitrary<? extends Step> names = Arbitraries.frequencyOf(
                Tuple.of(6, Combinators.combine(folder, name, type, mode).as(Step.Create::new)),
                Tuple.of(2, Combinators.combine(node, folder, name).as(Step.Link::new)),
                Tuple.of(3, Combinators.combine(folder, name, Arbitraries.of(true, false)).as(Step.Remove::new)),
                Tuple.of(4, Combinators.combine(folder, name, folder, name, Arbitraries.of(RenameMode.class)).as(Step.Rename::new)),
                Tuple.of(2, Combinators.combine(folder, name).as(Step.Lookup::new)),
                Tuple.of(2, Combinators.combine(node, Arbitraries.of(true, false)).as(Step.Hold::new)));
        Arbitrary<? extends Step> contents = Arbitraries.frequencyOf(
                Tuple.of(6, Combinators.combine(node, offset, length, seed).as(Step.Write::new)),
                Tuple.of(2, Combinators.combine(node, length, seed).as(Step.Append::new)),
                Tuple.of(4, Combinators.combine(node, offset, length).as(Step.Read::new)),
                Tuple.of(2, Combinators.combine(node, offset).as(Step.Resize::new)),
                Tuple.of(2, Combinators.combine(node, offset, length.filter(l -> l > 0),
                        Arbitraries.of(AllocateMode.RESERVE, AllocateMode.RESERVE_KEEP_SIZE, AllocateMode.PUNCH_HOLE, AllocateMode.ZERO,
                                AllocateMode.ZERO_KEEP_SIZE)).as(Step.Allocate::new)),
                Tuple.of(2, Combinators.combine(node, offset, node, offset, length).as(Step.Copy::new)));
        Arbitrary<? extends Step> others = Arbitraries.frequencyOf(
                Tuple.of(1, Combinators.combine(node, mode, Arbitraries.integers().between(0, 5)).as(Step.Mode::new)),
                Tuple.of(1, Combinators.combine(node, attribute, Arbitraries.integers().between(0, 3000), seed, Arbitraries.of(ExtendedMode.class))
                        .as(Step.SetExtended::new)),
                Tuple.of(1, Combinators.combine(node, attribute).as(Step.RemoveExtended::new)));
        Arbitrary<Step.Disturb> disturbances = Combinators.combine(Arbitraries.integers().between(0, 2), node).as(Step.Disturb::new);
        return Arbitraries.<Step>frequencyOf(Tuple.of(6, names.map(s -> (Step) s)), Tuple.of(6, contents.map(s -> (Step) s)),
                Tuple.of(1, others.map(s -> (Step) s)), Tuple.of(1, disturbances.map(s -> (Step) s))).list().ofMinSize(1).ofMaxSize(120);
    }
}
