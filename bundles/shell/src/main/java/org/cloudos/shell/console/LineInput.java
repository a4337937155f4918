package org.cloudos.shell.console;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.attribute.PosixFilePermissions;
import org.apache.felix.gogo.jline.Highlighter;
import org.apache.felix.gogo.jline.Parser;
import org.apache.felix.gogo.runtime.CommandSessionImpl;
import org.jline.reader.LineReader;
import org.jline.reader.LineReaderBuilder;
import org.jline.terminal.Terminal;
import org.jline.utils.AttributedString;
import org.osgi.framework.BundleContext;

/** Sets up JLine's line editor: history on disk, completion, colours, lines that go on. */
final class LineInput {
    private static final int HISTORY_LINES = 1000;

    private LineInput() { }

    static LineReader open(BundleContext context, CommandSessionImpl gogo, Terminal terminal) {
        LineReader reader = LineReaderBuilder.builder().terminal(terminal).variables(gogo.getVariables())
                .appName("cloudos")
                .parser(new Parser())
                .completer((r, line, candidates) -> new Completion(context, gogo).complete(line, candidates))
                .highlighter(new LateHighlighter(gogo))
                .option(LineReader.Option.DISABLE_EVENT_EXPANSION, true)
                .option(LineReader.Option.CASE_INSENSITIVE, true)
                .option(LineReader.Option.AUTO_FRESH_LINE, false)
                .build();
        reader.setVariable(LineReader.SECONDARY_PROMPT_PATTERN, "%P      > ");
        reader.setVariable(LineReader.HISTORY_SIZE, HISTORY_LINES);
        reader.setVariable(LineReader.HISTORY_FILE_SIZE, HISTORY_LINES);
        history(context, reader);
        return reader;
    }

    private static void history(BundleContext context, LineReader reader) {
        String data = context.getProperty("cloudos.data");
        if (data == null) {
            return;
        }
        Path folder = Path.of(data).resolve("shell");
        Path file = folder.resolve("history");
        try {
            Files.createDirectories(folder);
            if (!Files.exists(file)) {
                Files.createFile(file, PosixFilePermissions.asFileAttribute(PosixFilePermissions.fromString("rw-------")));
            }
            reader.setVariable(LineReader.HISTORY_FILE, file);
        } catch (IOException | UnsupportedOperationException e) {
            reader.getTerminal().writer().println("No history: " + e);
        }
    }

    /** Gogo's highlighter, loaded at the first key: the empty prompt needs none. */
    private static final class LateHighlighter implements org.jline.reader.Highlighter {
        private final CommandSessionImpl gogo;
        private org.jline.reader.Highlighter highlighter;

        LateHighlighter(CommandSessionImpl gogo) {
            this.gogo = gogo;
        }

        @Override
        public AttributedString highlight(LineReader reader, String buffer) {
            if (buffer.isEmpty()) {
                return AttributedString.EMPTY;
            }
            if (highlighter == null) {
                highlighter = new Highlighter(gogo);
            }
            return highlighter.highlight(reader, buffer);
        }
    }
}
