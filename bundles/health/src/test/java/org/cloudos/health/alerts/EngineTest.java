package org.cloudos.health.alerts;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.stream.IntStream;
import org.cloudos.metrics.ExpressionException;
import org.cloudos.metrics.History;
import org.cloudos.metrics.alert.Alert;
import org.cloudos.metrics.alert.Alert.State;
import org.cloudos.metrics.alert.AlertRule;
import org.cloudos.metrics.alert.Severity;
import org.junit.jupiter.api.Test;

class EngineTest {
    private List<History.Reading> readings = List.of();
    private RuntimeException failure;
    private List<AlertRule> rules = List.of(new AlertRule("Hot", "t > 5", Duration.ofMinutes(1), Severity.WARNING, "{{room}} has {{ value }} {{none}}$1", ""));
    private long nanos;
    private Instant now = Instant.ofEpochSecond(1000);
    private boolean silenced;
    private final List<String> told = new ArrayList<>();
    private final Engine engine = new Engine(new Answers(), () -> rules, a -> silenced, a -> told.add(a.state() + " " + a.summary()), () -> nanos, () -> now);

    private final class Answers implements History {
        @Override public List<Reading> now(String expression) {
            if (failure != null) {
                throw failure;
            }
            return readings;
        }

        @Override public List<Graph> range(String expression, Instant from, Instant to, Duration step) {
            throw new AssertionError();
        }

        @Override public void check(String expression) { }

        @Override public Extent extent() {
            throw new AssertionError();
        }
    }

    private void holds(String... rooms) {
        readings = java.util.Arrays.stream(rooms).map(r -> new History.Reading("t", Map.of("room", r), 7)).toList();
    }

    private void after(int seconds) {
        nanos += seconds * 1_000_000_000L;
        now = now.plusSeconds(seconds);
        engine.evaluate();
    }

    private List<State> states() {
        return engine.alerts().stream().map(Alert::state).toList();
    }

    @Test void fromPendingToResolved() {
        holds("attic");
        after(0);
        assertEquals(List.of(State.PENDING), states());
        after(59);
        assertEquals(List.of(State.PENDING), states());
        after(1);
        assertEquals(List.of(State.FIRING), states());
        after(100);
        assertEquals(List.of("FIRING attic has 7.000 $1"), told, "once");
        holds();
        after(15);
        assertEquals(List.of(State.RESOLVED), states());
        assertEquals("RESOLVED attic has 7.000 $1", told.getLast());
        after(15 * 60 + 1);
        assertEquals(List.of(), states());
        assertEquals(2, told.size());
    }

    @Test void aPauseBeginsAgain() {
        holds("attic");
        after(0);
        after(50);
        holds();
        after(5);
        holds("attic");
        after(5);
        after(55);
        assertEquals(List.of(State.PENDING), states());
        after(5);
        assertEquals(List.of(State.FIRING), states());
    }

    @Test void aClockThatJumpsFiresNothing() {
        holds("attic");
        after(0);
        now = now.plus(Duration.ofDays(400));
        after(1);
        assertEquals(List.of(State.PENDING), states());
        now = now.minus(Duration.ofDays(4000));
        after(60);
        assertEquals(List.of(State.FIRING), states());
    }

    @Test void whatIsSilencedIsToldWhenTheSilenceEnds() {
        silenced = true;
        holds("attic");
        after(0);
        after(60);
        assertEquals(List.of(), told);
        assertTrue(engine.alerts().getFirst().silenced());
        silenced = false;
        after(15);
        assertEquals(1, told.size());
        silenced = true;
        holds();
        after(15);
        assertEquals(1, told.size(), "nor is its end");
    }

    @Test void whatCanNotBeEvaluatedStaysAsItIs() {
        holds("attic");
        after(0);
        after(60);
        failure = new IllegalStateException("the disk is gone");
        after(60);
        assertEquals(List.of(State.FIRING), states());
        assertTrue(engine.described().getFirst().problem().contains("the disk is gone"));
        failure = new ExpressionException("expected something", 3);
        after(60);
        assertTrue(engine.described().getFirst().problem().contains("at character 4"));
        failure = null;
        after(60);
        assertEquals("", engine.described().getFirst().problem());
    }

    @Test void aRuleThatGoesTakesItsAlertsAlong() {
        holds("attic");
        after(0);
        after(60);
        rules = List.of();
        after(15);
        assertEquals(List.of(State.RESOLVED), states());
        assertEquals(2, told.size());
    }

    @Test void manySeriesAreBounded() {
        holds(IntStream.range(0, 100_000).mapToObj(i -> "r" + i).toArray(String[]::new));
        after(0);
        assertEquals(200, engine.alerts().size());
        assertTrue(engine.described().getFirst().problem().contains("100000"));
    }
}
