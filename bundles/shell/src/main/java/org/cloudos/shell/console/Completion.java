package org.cloudos.shell.console;

import java.io.IOException;
import java.nio.file.DirectoryStream;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.Optional;
import java.util.function.Function;
import java.util.stream.Stream;
import org.apache.felix.gogo.runtime.CommandSessionImpl;
import org.cloudos.shell.Suggest;
import org.jline.reader.Candidate;
import org.jline.reader.ParsedLine;
import org.osgi.framework.BundleContext;
import org.osgi.framework.InvalidSyntaxException;
import org.osgi.framework.ServiceReference;

/** Completes commands, their options, the values that {@link Suggest} names, and files. */
final class Completion {
    private static final int MAX_FILES = 1000;
    private final BundleContext context;
    private final CommandSessionImpl gogo;
    private final CommandIndex commands;

    Completion(BundleContext context, CommandSessionImpl gogo) {
        this.context = context;
        this.gogo = gogo;
        this.commands = new CommandIndex(gogo);
    }

    void complete(ParsedLine line, List<Candidate> candidates) {
        if (line.wordIndex() <= 0) {
            commands(line.word(), candidates);
            return;
        }
        List<String> words = line.words();
        Optional<String> name = commands.resolve(words.getFirst());
        List<Usage> usages = name.map(n -> Usage.of(commands, n)).orElse(List.of());
        List<Usage.Option> options = Usage.options(usages);
        Optional<Usage.Option> valueOf = options.stream()
                .filter(o -> !o.flag() && o.names().contains(words.get(line.wordIndex() - 1))).findFirst();
        if (valueOf.isPresent()) {
            valueOf.get().suggest().ifPresent(s -> suggest(s, line.word(), candidates));
        } else if (line.word().startsWith("-")) {
            options(options, words, candidates);
        } else if (usages.isEmpty()) {
            files(line.word(), candidates);
        } else {
            arguments(usages, position(options, words, line.wordIndex()), line.word(), candidates);
        }
    }

    private void commands(String word, List<Candidate> candidates) {
        boolean scoped = word.indexOf(':') >= 0;
        for (String name : commands.names()) {
            String function = name.substring(name.indexOf(':') + 1);
            String scope = name.substring(0, name.indexOf(':'));
            boolean ours = scope.equals("os") || scope.equals("bundle");
            candidates.add(new Candidate(name, name, scope, null, null, null, true));
            boolean plain = !scoped && !ours && commands.resolve(function).filter(name::equals).isPresent();
            if (plain && !word.isEmpty()) {
                candidates.add(new Candidate(function, function, "commands", null, null, null, true));
            }
        }
    }

    private static void options(List<Usage.Option> options, List<String> words, List<Candidate> candidates) {
        for (Usage.Option option : options) {
            if (option.names().stream().noneMatch(words::contains)) {
                option.names().forEach(n -> candidates.add(
                        new Candidate(n, n, null, option.description().isEmpty() ? null : option.description(), null, null, true)));
            }
        }
    }

    /** Which argument the word is: options and their values don't count. */
    private static int position(List<Usage.Option> options, List<String> words, int index) {
        int position = 0;
        for (int i = 1; i < index; i++) {
            String word = words.get(i);
            Optional<Usage.Option> option = options.stream().filter(o -> o.names().contains(word)).findFirst();
            if (option.isPresent()) {
                i += option.get().flag() ? 0 : 1;
            } else {
                position++;
            }
        }
        return position;
    }

    private void arguments(List<Usage> usages, int position, String word, List<Candidate> candidates) {
        for (Usage usage : usages) {
            List<Usage.Argument> arguments = usage.arguments();
            if (arguments.isEmpty()) {
                options(usage.options(), List.of(), candidates);
                continue;
            }
            Usage.Argument argument = arguments.get(Math.min(position, arguments.size() - 1));
            if (position < arguments.size() || argument.many()) {
                argument.suggest().ifPresent(s -> suggest(s, word, candidates));
            }
        }
    }

    private void suggest(Suggest suggest, String word, List<Candidate> candidates) {
        Arrays.stream(suggest.words()).map(Candidate::new).forEach(candidates::add);
        if (!suggest.from().isEmpty()) {
            source(suggest.from(), word, candidates);
        }
        for (Suggest.Kind kind : suggest.value()) {
            switch (kind) {
                case BUNDLES -> Arrays.stream(context.getBundles()).map(b -> new Candidate(b.getSymbolicName()))
                        .forEach(candidates::add);
                case COMMANDS -> commands.names().stream().map(Candidate::new).forEach(candidates::add);
                case FILES -> files(word, candidates);
            }
        }
    }

    private void source(String name, String word, List<Candidate> candidates) {
        try {
            ServiceReference<?>[] sources = context.getServiceReferences(Function.class.getName(), "(" + Suggest.SOURCE + "=" + name + ")");
            for (ServiceReference<?> reference : sources == null ? new ServiceReference<?>[0] : sources) {
                if (context.getService(reference) instanceof Function<?, ?> source) {
                    words(source, word).forEach(w -> candidates.add(new Candidate(w, w, null, null, null, null, !w.endsWith("/") && !w.endsWith("="))));
                    context.ungetService(reference);
                }
            }
        } catch (InvalidSyntaxException e) {
            throw new IllegalArgumentException("source of words " + name, e);
        }
    }

    @SuppressWarnings("unchecked")
    private static List<String> words(Function<?, ?> source, String word) {
        return ((Function<String, List<String>>) source).apply(word);
    }

    private void files(String word, List<Candidate> candidates) {
        int slash = word.lastIndexOf('/');
        String folder = word.substring(0, slash + 1);
        Path path = gogo.currentDir().resolve(folder.isEmpty() ? "." : folder);
        List<Path> files = new ArrayList<>();
        try (DirectoryStream<Path> entries = Files.newDirectoryStream(path);
                Stream<Path> some = java.util.stream.StreamSupport.stream(entries.spliterator(), false)) {
            some.limit(MAX_FILES).forEach(files::add);
        } catch (IOException | SecurityException e) {
            return; // no folder: nothing to suggest
        }
        for (Path file : files) {
            String name = file.getFileName().toString();
            boolean directory = Files.isDirectory(file);
            candidates.add(new Candidate(folder + name, directory ? name + "/" : name, null, null,
                    directory ? "/" : null, null, !directory));
        }
    }
}
