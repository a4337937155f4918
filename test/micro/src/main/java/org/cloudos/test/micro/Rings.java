package org.cloudos.test.micro;

import java.io.IOException;
import java.util.concurrent.TimeUnit;
import org.cloudos.hal.bench.RingWork;
import org.openjdk.jmh.annotations.Benchmark;
import org.openjdk.jmh.annotations.BenchmarkMode;
import org.openjdk.jmh.annotations.Mode;
import org.openjdk.jmh.annotations.OperationsPerInvocation;
import org.openjdk.jmh.annotations.OutputTimeUnit;
import org.openjdk.jmh.annotations.Param;
import org.openjdk.jmh.annotations.Scope;
import org.openjdk.jmh.annotations.Setup;
import org.openjdk.jmh.annotations.State;

/** The drivers' rings on memory: descriptors written and handed over, marked used by what stands for the device, and taken back. */
@State(Scope.Thread)
@BenchmarkMode(Mode.AverageTime)
@OutputTimeUnit(TimeUnit.NANOSECONDS)
public class Rings {
    private static final int BATCH = 32;

    /** Two rings of descriptors, and the whole way of a block request over the first. */
    @Param
    public RingWork.Kind kind;
    private RingWork work;

    @Setup public void set() throws IOException {
        work = RingWork.of(kind);
    }

    /** One descriptor, of those that go together. The device's part is in it: a store or two. */
    @Benchmark @OperationsPerInvocation(BATCH) public int thereAndBack() throws InterruptedException {
        work.submit(BATCH);
        work.device(BATCH);
        return work.complete(BATCH);
    }
}
