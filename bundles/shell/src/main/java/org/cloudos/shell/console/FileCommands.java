package org.cloudos.shell.console;

import java.io.BufferedReader;
import java.io.IOException;
import java.io.InputStream;
import java.io.InputStreamReader;
import java.nio.charset.StandardCharsets;
import java.nio.file.AccessDeniedException;
import java.nio.file.FileSystemException;
import java.nio.file.Files;
import java.nio.file.NoSuchFileException;
import java.nio.file.Path;
import java.util.Arrays;
import java.util.List;
import java.util.stream.Stream;
import org.apache.felix.gogo.jline.Posix;
import org.apache.felix.service.command.CommandProcessor;
import org.apache.felix.service.command.CommandSession;
import org.apache.felix.service.command.Process;
import org.jline.builtins.Nano;
import org.jline.builtins.Options;
import org.jline.builtins.PosixCommands;
import org.jline.terminal.Terminal;

/**
 * gogo.jline's POSIX commands, but for {@code ls}, and for {@code cat}, which goes through a file URL there and so can't read files that
 * tell no length (those of /proc and /sys), and for messages that show a Java class where a reason is meant.
 */
public final class FileCommands extends Posix {
    private static final String[] CAT = {
        "cat - concatenate and print FILES",
        "Usage: cat [OPTIONS] [FILES]",
        "  -? --help                show help",
        "  -n                       number the output lines, starting at 1"
    };

    FileCommands(CommandProcessor processor) {
        super(processor);
    }

    @Override
    public void _main(CommandSession session, String[] argv) {
        Process process = Process.Utils.current();
        argv[0] = argv[0].equals("more") ? "less" : argv[0];
        try {
            run(session, process, withoutTerminal(session) ? plain(argv) : argv);
        } catch (HelpException e) {
            process.out().println(e.getMessage());
        } catch (IllegalArgumentException e) {
            process.err().println(argv[0] + ": " + e.getMessage());
            process.error(2);
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt(); // the session says it
            process.error(1);
        } catch (Exception e) {
            process.err().println(argv[0] + ": " + reason(e));
            process.error(1);
        }
    }

    private static boolean withoutTerminal(CommandSession session) {
        return !(session.get(".terminal") instanceof Terminal terminal) || terminal.getType().startsWith("dumb");
    }

    /** Nobody could press the keys that a pager and an editor wait for. */
    private static String[] plain(String[] argv) {
        return switch (argv[0]) {
            case "less" -> Stream.concat(Stream.of("cat"),
                    Arrays.stream(argv).skip(1).filter(a -> a.equals("-") || !a.startsWith("-"))).toArray(String[]::new);
            case "nano", "watch" -> throw new IllegalArgumentException("needs a terminal");
            default -> argv;
        };
    }

    private static String reason(Exception thrown) {
        return switch (thrown.getCause() instanceof IOException cause ? cause : thrown) {
            case NoSuchFileException missing -> missing.getFile() + ": no such file or folder";
            case AccessDeniedException denied -> denied.getFile() + ": not allowed";
            case FileSystemException other when other.getReason() != null -> other.getFile() + ": " + other.getReason();
            case Exception e -> e.getMessage() == null ? e.toString() : e.getMessage();
        };
    }

    @Override
    protected void cat(CommandSession session, Process process, String[] argv) throws Exception {
        Options options = parseOptions(session, CAT, argv);
        List<String> files = options.args().isEmpty() ? List.of("-") : options.args();
        for (String file : files) {
            if (file.equals("-")) {
                copy(process, process.in(), options.isSet("n"));
                continue;
            }
            Path path = session.currentDir().resolve(file);
            if (Files.isDirectory(path)) {
                throw new FileSystemException(file, null, "is a folder");
            }
            try (InputStream in = Files.newInputStream(path)) {
                copy(process, in, options.isSet("n"));
            }
        }
    }

    /** JLine's, which closes the folders that it lists: gogo.jline's keeps them open for ever, and a volume with one can't be unmounted. */
    @Override
    protected void ls(CommandSession session, Process process, String[] argv) throws Exception {
        Terminal terminal = process.isTty(1) ? (Terminal) session.get(".terminal") : null;
        try {
            PosixCommands.ls(new PosixCommands.Context(process.in(), process.out(), process.err(), session.currentDir(), terminal, session::get), argv);
        } catch (Options.HelpException e) {
            throw new HelpException(e.getMessage());
        }
    }

    /** On a terminal that a serial line can be. */
    @Override
    protected void nano(CommandSession session, Process process, String[] argv) throws Exception {
        Options options = parseOptions(session, Nano.usage(), argv);
        Nano editor = new Nano(SteadyTerminal.of((Terminal) session.get(".terminal")), session.currentDir(), options);
        editor.open(options.args());
        editor.run();
    }

    private static void copy(Process process, InputStream in, boolean numbers) throws Exception {
        if (!numbers) {
            in.transferTo(process.out()); // any bytes, also without a last line end
            return;
        }
        BufferedReader reader = new BufferedReader(new InputStreamReader(in, StandardCharsets.UTF_8));
        int number = 1;
        for (String line = reader.readLine(); line != null; line = reader.readLine()) {
            process.out().printf("%6d\t%s%n", number++, line);
        }
    }
}
