package org.cloudos.shell.console;

import java.lang.reflect.Method;
import java.lang.reflect.Parameter;
import java.util.ArrayList;
import java.util.List;
import java.util.Locale;
import java.util.Optional;
import org.apache.felix.service.command.CommandSession;
import org.apache.felix.service.command.Descriptor;
import org.cloudos.shell.Example;
import org.cloudos.shell.Suggest;

/** A command's options, arguments and descriptions, read from its method. */
record Usage(String name, Method method) {

    /**
     * An option.
     *
     * @param names all spellings, {@code --json} first
     * @param flag  takes no value
     */
    record Option(List<String> names, boolean flag, String description, Optional<Suggest> suggest) { }

    /** An argument that stands by its place. */
    record Argument(String name, boolean many, String description, Optional<Suggest> suggest) { }

    String description() {
        Descriptor descriptor = method.getAnnotation(Descriptor.class);
        return descriptor == null ? "" : descriptor.value();
    }

    List<String> examples() {
        Example example = method.getAnnotation(Example.class);
        return example == null ? List.of() : List.of(example.value());
    }

    List<Option> options() {
        List<Option> options = new ArrayList<>();
        for (Parameter parameter : method.getParameters()) {
            var gogo = parameter.getAnnotation(org.apache.felix.service.command.Parameter.class);
            if (gogo != null) {
                boolean flag = !gogo.presentValue().equals(org.apache.felix.service.command.Parameter.UNSPECIFIED);
                options.add(new Option(List.of(gogo.names()), flag, describe(parameter), suggest(parameter)));
            }
        }
        return options;
    }

    List<Argument> arguments() {
        List<Argument> arguments = new ArrayList<>();
        for (Parameter parameter : method.getParameters()) {
            boolean own = parameter.isAnnotationPresent(org.apache.felix.service.command.Parameter.class)
                    || CommandSession.class.isAssignableFrom(parameter.getType());
            if (!own) {
                boolean many = parameter.getType().isArray() || List.class.isAssignableFrom(parameter.getType());
                arguments.add(new Argument(word(parameter), many, describe(parameter), suggest(parameter)));
            }
        }
        return arguments;
    }

    /** {@code log:tail [--level VALUE] [--json] ARGUMENT...}. */
    String line() {
        StringBuilder line = new StringBuilder(name);
        for (Option option : options()) {
            line.append(" [").append(option.names().getFirst()).append(option.flag() ? "]" : " VALUE]");
        }
        for (Argument argument : arguments()) {
            line.append(' ').append(argument.name()).append(argument.many() ? "..." : "");
        }
        return line.toString();
    }

    private static String describe(Parameter parameter) {
        Descriptor descriptor = parameter.getAnnotation(Descriptor.class);
        return descriptor == null ? "" : descriptor.value();
    }

    private static Optional<Suggest> suggest(Parameter parameter) {
        return Optional.ofNullable(parameter.getAnnotation(Suggest.class));
    }

    /** The parameter's own name where the class file has it, else its type. */
    private static String word(Parameter parameter) {
        String name = parameter.isNamePresent() ? parameter.getName()
                : parameter.getType().getSimpleName().replace("[]", "");
        return name.toUpperCase(Locale.ROOT);
    }

    /** Options of several methods of one command, each once. */
    static List<Option> options(List<Usage> usages) {
        List<Option> all = new ArrayList<>();
        for (Usage usage : usages) {
            usage.options().stream().filter(o -> all.stream().noneMatch(a -> a.names().equals(o.names()))).forEach(all::add);
        }
        return all;
    }

    static List<Usage> of(CommandIndex commands, String name) {
        return commands.methods(name).stream().map(m -> new Usage(name, m)).toList();
    }

    static String first(List<Usage> usages) {
        return usages.stream().map(Usage::description).filter(d -> !d.isEmpty()).findFirst().orElse("");
    }

}
