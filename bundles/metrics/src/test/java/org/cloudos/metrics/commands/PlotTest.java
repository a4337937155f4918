package org.cloudos.metrics.commands;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.time.Instant;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import org.cloudos.metrics.History.Graph;
import org.cloudos.metrics.History.Point;
import org.junit.jupiter.api.Test;

class PlotTest {
    private final Instant from = Instant.ofEpochSecond(1000);

    private Graph graph(double... values) {
        List<Point> points = new ArrayList<>();
        for (int i = 0; i < values.length; i++) {
            points.add(new Point(from.plusSeconds(i), values[i]));
        }
        return new Graph("x", Map.of(), points);
    }

    @Test void aRampGoesFromCornerToCorner() {
        double[] values = new double[21];
        for (int i = 0; i < values.length; i++) {
            values[i] = i;
        }
        String[] lines = new Plot(10, 5, false).draw(List.of(graph(values)), from, from.plusSeconds(20)).split("\n");
        assertEquals(7, lines.length);
        assertTrue(lines[0].startsWith("20.00 ┤ "), lines[0]);
        assertTrue(lines[0].stripTrailing().length() > lines[4].stripTrailing().length(), "up on the right");
        assertTrue(lines[4].matches(" 0\\.00 ┤[⠀-⣿]+"), lines[4]);
    }

    @Test void severalSeriesHaveMarks() {
        String plot = new Plot(10, 5, false).draw(List.of(graph(1, 1, 1), graph(2, 2, 2)), from, from.plusSeconds(2));
        assertTrue(plot.contains("*") && plot.contains("o"), plot);
    }

    @Test void whatIsNoNumberIsNotDrawn() {
        assertEquals("no finite value in this time", new Plot(10, 5, false).draw(List.of(graph(Double.NaN, Double.POSITIVE_INFINITY)), from, from));
        assertTrue(new Plot(10, 5, false).draw(List.of(graph(5, Double.NaN, 5)), from, from.plusSeconds(2)).contains("5.00"));
        assertTrue(new Plot(10, 5, true).draw(List.of(graph(1 << 20)), from, from.plusSeconds(2)).contains("MiB"));
        assertTrue(new Plot(10, 4, false).draw(List.of(graph(-1e300, 1e300)), from, from.plusSeconds(2)).contains("┤"));
    }
}
