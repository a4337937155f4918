package org.cloudos.launcher;

import java.io.File;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;

/**
 * The command line.
 *
 * @param data   where the system keeps what survives
 * @param exec   commands to run once the system is ready; empty for an interactive system
 * @param status where to report progress as JSON lines; null for nowhere
 */
record Options(File data, List<String> exec, String status) {
    static final String USAGE = "usage: --data DIR [--exec COMMAND]... [--exec-file FILE] [--status FILE]";

    /** A command line that can't be understood. */
    static final class Wrong extends Exception {
        private static final long serialVersionUID = 1L;

        Wrong(String message) {
            super(message);
        }
    }

    static Options parse(String[] args) throws Wrong {
        String data = null;
        String status = null;
        List<String> exec = new ArrayList<>(0);
        for (int i = 0; i < args.length; i += 2) {
            String name = args[i];
            if (i + 1 == args.length) {
                throw new Wrong(name + ": a value is missing");
            }
            String value = args[i + 1];
            switch (name) {
                case "--data" -> data = value;
                case "--status" -> status = value;
                case "--exec" -> exec.add(value);
                case "--exec-file" -> readCommands(value, exec);
                default -> throw new Wrong(name + ": unknown option");
            }
        }
        if (data == null) {
            throw new Wrong("--data DIR is missing");
        }
        return new Options(new File(data).getAbsoluteFile(), exec, status);
    }

    /** One command a line; empty lines and lines that start with # do not count. */
    private static void readCommands(String file, List<String> exec) throws Wrong {
        try {
            for (String line : Files.readAllLines(Path.of(file))) {
                if (!line.isBlank() && line.charAt(0) != '#') {
                    exec.add(line);
                }
            }
        } catch (IOException e) {
            throw new Wrong("--exec-file " + file + ": can't be read: " + e);
        }
    }
}
