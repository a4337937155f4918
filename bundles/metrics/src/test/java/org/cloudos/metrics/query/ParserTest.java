package org.cloudos.metrics.query;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertInstanceOf;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.util.Random;
import org.cloudos.metrics.ExpressionException;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

class ParserTest {
    @ParameterizedTest
    @CsvSource(delimiter = '|', quoteCharacter = '^', value = {
        "x | x", "x{a=\"b\"} | x", "1 + 2 * 3 | 7", "(1 + 2) * 3 | 9", "-2 * -3 | 6", "10 % 4 | 2", "1 / 4 | 0.25", "2 > 1 | 1", "1e3 | 1000", ".5 | 0.5",
        "1 - 1 - 1 | -1"})
    void numbersAreWorkedOutByRank(String text, String value) {
        Expr expr = Parser.parse(text);
        if (Parser.isScalar(expr)) {
            assertEquals(Double.parseDouble(value), new Evaluator(expr, (s, a, b) -> java.util.List.of(), 0, 0).at(0).getFirst().value());
        } else {
            assertInstanceOf(Expr.Selector.class, expr);
        }
    }

    @ParameterizedTest
    @CsvSource(delimiter = '|', quoteCharacter = '^', value = {
        " | the end", "x{ | a label", "x{a} | =, !=", "x{a=b} | text in quotes", "x{a=\"b} | end of the text", "x[5m] | needs a function",
        "rate(x) | of a range", "rate(x[5]) | duration", "rate(x[0s]) | duration", "rate(x[9d]) | duration", "abs(x[5m]) | without",
        "foo(x) | expected one of rate", "x + | found the end", "x y | operator", "(x | \")\"", "x{a=~\"[\"} | regular expression",
        "x and 1 | between series", "1x | number", "sum(1) | expected series", "x > > 1 | found", "rate(x[5m] | \")\"", "x[5m] + 1 | needs a function"})
    void whatIsWrongIsSaidWithItsPlace(String text, String part) {
        ExpressionException e = assertThrows(ExpressionException.class, () -> Parser.parse(text == null ? "" : text));
        assertTrue(e.getMessage().contains(part), e.getMessage());
        assertTrue(e.getMessage().contains("at character"), e.getMessage());
    }

    @Test void sizeAndDepthAreBounded() {
        assertThrows(ExpressionException.class, () -> Parser.parse("(".repeat(100_000)));
        assertThrows(ExpressionException.class, () -> Parser.parse("(".repeat(2000) + "1" + ")".repeat(2000)));
        assertThrows(ExpressionException.class, () -> Parser.parse("-".repeat(4000) + "1"));
    }

    @Test void anyTextIsParsedOrRefused() {
        String[] pieces = {"x", "rate", "(", ")", "{", "}", "[", "]", "5m", "=", "\"", "=~", ",", "and", "or", "unless", "sum", "by", "+", "-", ">",
            "1", " ", "a", "\\", "!", "😀", ".", "e", "inf", "nan"};
        Random random = new Random(11);
        for (int i = 0; i < 50_000; i++) {
            StringBuilder text = new StringBuilder();
            for (int j = random.nextInt(12); j >= 0; j--) {
                text.append(pieces[random.nextInt(pieces.length)]);
            }
            try {
                Parser.parse(text.toString());
            } catch (ExpressionException e) {
                assertTrue(e.position() >= 0 && e.position() <= text.length(), text + ": " + e.getMessage());
            }
        }
    }
}
