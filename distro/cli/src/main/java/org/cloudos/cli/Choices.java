package org.cloudos.cli;

import java.util.List;
import java.util.function.Function;
import org.cloudos.image.Arch;

/** One of a few values that an option can have. */
final class Choices {
    private Choices() { }

    /** The architecture of that name, Debian's too. */
    static Arch arch(String name) {
        return of("architecture", name.equals("amd64") ? "x86_64" : name.equals("arm64") ? "aarch64" : name, List.of(Arch.values()), Arch::label);
    }

    /** The value with this label; else wrong usage, told with the nearest label. */
    static <T> T of(String what, String typed, List<T> values, Function<T, String> label) {
        List<String> labels = values.stream().map(label).toList();
        return values.stream().filter(value -> label.apply(value).equals(typed)).findFirst()
                .orElseThrow(() -> Failure.usage("Unknown " + what + " '" + typed + "'." + NearestName.question(typed, labels),
                        "There are: " + String.join(", ", labels)));
    }
}
