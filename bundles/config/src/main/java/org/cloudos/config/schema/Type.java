package org.cloudos.config.schema;

import java.math.BigDecimal;
import java.math.BigInteger;
import java.util.Locale;
import org.cloudos.config.yaml.Yaml;
import org.osgi.service.metatype.AttributeDefinition;

/** Types of Metatype's attributes. Nothing is guessed: what a type does not plainly take is refused. */
public enum Type {
    STRING(String.class), LONG(Long.class), INTEGER(Integer.class), SHORT(Short.class), CHARACTER(Character.class),
    BYTE(Byte.class), DOUBLE(Double.class), FLOAT(Float.class), BOOLEAN(Boolean.class), PASSWORD(String.class);

    private final Class<?> javaType;

    Type(Class<?> javaType) {
        this.javaType = javaType;
    }

    /** As Configuration Admin has it. */
    public Class<?> javaType() {
        return javaType;
    }

    static Type of(int metatype) {
        return switch (metatype) {
            case AttributeDefinition.LONG -> LONG;
            case AttributeDefinition.INTEGER -> INTEGER;
            case AttributeDefinition.SHORT -> SHORT;
            case AttributeDefinition.CHARACTER -> CHARACTER;
            case AttributeDefinition.BYTE -> BYTE;
            case AttributeDefinition.DOUBLE -> DOUBLE;
            case AttributeDefinition.FLOAT -> FLOAT;
            case AttributeDefinition.BOOLEAN -> BOOLEAN;
            case AttributeDefinition.PASSWORD -> PASSWORD;
            default -> STRING; // also the deprecated big numbers
        };
    }

    /** In words, for messages. */
    public String words() {
        return switch (this) {
            case STRING -> "text";
            case PASSWORD -> "a reference to a secret, ${file:PATH} or ${env:NAME}";
            case CHARACTER -> "one character";
            case BOOLEAN -> "true or false";
            case DOUBLE, FLOAT -> "a number";
            default -> "a whole number";
        };
    }

    /** The JSON Schema type. */
    String json() {
        return switch (this) {
            case STRING, PASSWORD, CHARACTER -> "string";
            case BOOLEAN -> "boolean";
            case DOUBLE, FLOAT -> "number";
            default -> "integer";
        };
    }

    /**
     * The value that a text stands for.
     *
     * @throws IllegalArgumentException with what was expected and found
     */
    public Object parse(String text) {
        String plain = text.strip();
        try {
            return switch (this) {
                case STRING, PASSWORD -> text;
                case CHARACTER -> character(text);
                case BOOLEAN -> bool(plain);
                case DOUBLE -> finite(Double.parseDouble(plain), text);
                case FLOAT -> (float) finite(Float.parseFloat(plain), text);
                default -> whole(plain, text);
            };
        } catch (NumberFormatException e) {
            throw expected(words(), text);
        }
    }

    /** As {@link #parse}, and quotes make text of what looks like a number. */
    public Object parse(Yaml.Scalar scalar) {
        boolean quoted = scalar.kind() == Yaml.Kind.TEXT && scalar.place().end() - scalar.place().start() > scalar.text().length();
        if (quoted && (json().equals("integer") || json().equals("number") || json().equals("boolean"))) {
            throw expected(words(), "text in quotes");
        }
        return parse(scalar.text());
    }

    private Object character(String text) {
        if (text.length() != 1) {
            throw expected(words(), text);
        }
        return text.charAt(0);
    }

    private static Object bool(String text) {
        return switch (text.toLowerCase(Locale.ROOT)) {
            case "true" -> true;
            case "false" -> false;
            default -> throw expected("true or false", text);
        };
    }

    private static double finite(double value, String text) {
        if (!Double.isFinite(value)) {
            throw expected("a finite number", text);
        }
        return value;
    }

    private Object whole(String plain, String text) {
        if (plain.matches("[+-]?0\\d+")) {
            throw expected("a whole number (zeros in front would make it octal for some readers)", text);
        }
        BigInteger value = plain.matches("0x[0-9a-fA-F]{1,16}") ? new BigInteger(plain.substring(2), 16)
                : new BigInteger(plain.matches("[+-]?\\d[\\d_]*") ? plain.replace("_", "") : "no number");
        try {
            return switch (this) {
                case LONG -> value.longValueExact();
                case SHORT -> value.shortValueExact();
                case BYTE -> value.byteValueExact();
                default -> value.intValueExact();
            };
        } catch (ArithmeticException e) {
            throw expected("a whole number of " + switch (this) {
                case LONG -> "64";
                case SHORT -> "16";
                case BYTE -> "8";
                default -> "32";
            } + " bits", text);
        }
    }

    private static IllegalArgumentException expected(String what, String found) {
        String shown = found.length() > 60 ? found.substring(0, 60) + "..." : found;
        return new IllegalArgumentException("expected " + what + ", found " + (shown.isBlank() ? "nothing" : shown));
    }

    /** Compares numbers and characters with a bound as Metatype writes it. */
    static int compare(Object value, String bound) {
        BigDecimal left = value instanceof Character c ? BigDecimal.valueOf(c) : new BigDecimal(value.toString());
        return left.compareTo(value instanceof Character ? BigDecimal.valueOf(bound.charAt(0)) : new BigDecimal(bound.strip()));
    }
}
