package org.cloudos.cli;

import java.io.IOException;
import java.util.List;
import java.util.concurrent.Callable;
import org.cloudos.cli.fs.Mounted;
import picocli.CommandLine.Command;
import picocli.CommandLine.Option;

/** What is mounted. */
@Command(name = "list", header = "Lists the volumes that this user has mounted.")
final class FsListCommand implements Callable<Integer> {
    private final Console console;

    @Option(names = "--json", description = "As JSON.")
    private boolean json;

    FsListCommand(Console console) {
        this.console = console;
    }

    @Override public Integer call() throws IOException {
        List<Mounted> all = Mounted.all();
        if (json) {
            console.json(all);
        } else {
            Table table = new Table("FOLDER", "IMAGE", "PROCESS", "SINCE", "LOG");
            all.forEach(m -> table.row(m.folder(), String.join(" + ", m.images()), m.pid(), m.since(), m.log()));
            console.print(table.toString());
        }
        return Failure.OK;
    }
}
