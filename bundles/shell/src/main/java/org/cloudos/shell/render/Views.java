package org.cloudos.shell.render;

import java.lang.reflect.RecordComponent;
import java.util.ArrayList;
import java.util.Collection;
import java.util.List;
import java.util.Map;
import org.apache.felix.service.command.CommandSession;
import org.apache.felix.service.command.Converter;
import org.apache.felix.service.command.Process;
import org.cloudos.shell.Json;
import org.jline.terminal.Terminal;
import org.jline.utils.InfoCmp;

/**
 * Formats what commands return: a list of records as a table, one record as lines of name and value with its
 * lists of records as tables below, {@link Json} as JSON. Everything else is left to Gogo.
 */
public final class Views implements Converter {
    @Override
    public Object convert(Class<?> type, Object in) {
        return null;
    }

    @Override
    public CharSequence format(Object target, int level, Converter escape) {
        if (target instanceof Json json) {
            return json.toString();
        }
        if (level == INSPECT && target instanceof Collection<?> none && none.isEmpty()) {
            return "(none)";
        }
        boolean rows = target instanceof Collection<?> list && !list.isEmpty()
                && list.stream().allMatch(e -> e instanceof Record);
        if (level != INSPECT) {
            return target instanceof Record ? Cells.text(target, org.cloudos.shell.Column.Unit.NONE) : null;
        }
        if (!rows && !(target instanceof Record)) {
            return null;
        }
        Terminal terminal = escape instanceof CommandSession session ? terminal(session) : null;
        boolean colours = terminal != null && colours(terminal);
        int width = terminal == null ? 0 : Math.max(40, terminal.getWidth());
        StringBuilder out = new StringBuilder();
        if (rows) {
            tables(out, (Collection<?>) target, width, colours);
        } else {
            record(out, (Record) target, width, colours);
        }
        out.setLength(Math.max(0, out.length() - 1)); // the caller ends the line
        return out;
    }

    /** The session's terminal, unless the output goes into a pipe or a file. */
    private static Terminal terminal(CommandSession session) {
        Process process = Process.Utils.current();
        boolean tty = process == null || process.isTty(1);
        return tty && session.get(".terminal") instanceof Terminal terminal && !terminal.getType().startsWith("dumb")
                ? terminal : null;
    }

    /** Whether this terminal has colours. */
    public static boolean colours(Terminal terminal) {
        Integer colours = terminal.getNumericCapability(InfoCmp.Capability.max_colors);
        return colours != null && colours >= 8;
    }

    /** One table for each run of records of the same class. */
    private static void tables(StringBuilder out, Collection<?> list, int width, boolean colours) {
        List<Record> run = new ArrayList<>();
        for (Object row : list) {
            if (!run.isEmpty() && run.getFirst().getClass() != row.getClass()) {
                new Table(run, width, colours).writeTo(out);
                run.clear();
            }
            run.add((Record) row);
        }
        new Table(run, width, colours).writeTo(out);
    }

    private static void record(StringBuilder out, Record record, int width, boolean colours) {
        List<RecordComponent> lines = new ArrayList<>();
        List<RecordComponent> blocks = new ArrayList<>();
        for (RecordComponent component : record.getClass().getRecordComponents()) {
            if (!Cells.hidden(component)) {
                (block(Records.get(record, component)) ? blocks : lines).add(component);
            }
        }
        int names = lines.stream().mapToInt(c -> Cells.header(c).length()).max().orElse(0) + 2;
        for (RecordComponent component : lines) {
            line(out, record, component, names, width, colours);
        }
        for (RecordComponent component : blocks) {
            out.append(out.isEmpty() ? "" : "\n").append(Style.BOLD.on(Cells.header(component), colours)).append('\n');
            switch (Records.get(record, component)) {
                case Collection<?> list -> tables(out, list, width, colours);
                case Map<?, ?> map -> tables(out, map.values(), width, colours);
                default -> { }
            }
        }
    }

    private static boolean block(Object value) {
        Collection<?> elements = value instanceof Map<?, ?> map ? map.values()
                : value instanceof Collection<?> list ? list : List.of();
        return !elements.isEmpty() && elements.stream().allMatch(e -> e instanceof Record);
    }

    private static void line(StringBuilder out, Record record, RecordComponent component, int names, int width,
            boolean colours) {
        Object value = Records.get(record, component);
        String name = Cells.header(component);
        String text = Cells.text(value, Cells.unit(component));
        List<String> parts = Text.wrap(text.isEmpty() ? "-" : text,
                width == 0 ? Integer.MAX_VALUE : Math.max(20, width - names));
        String pad = " ".repeat(names);
        for (int i = 0; i < parts.size(); i++) {
            String lead = i == 0 ? Style.BOLD.on(name, colours) + " ".repeat(names - name.length()) : pad;
            out.append((lead + Style.of(value).on(parts.get(i), colours)).stripTrailing()).append('\n');
        }
    }
}
