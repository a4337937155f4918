package org.cloudos.cli;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.concurrent.Callable;
import org.cloudos.cli.home.Assembly;
import org.cloudos.cli.home.LaunchFile;
import org.cloudos.cli.profile.Profiles;
import picocli.CommandLine.Command;
import picocli.CommandLine.Option;
import picocli.CommandLine.Parameters;

/**
 * Assembles a profile. The {@code cloudos} script then replaces itself by the system's JVM, so that no second JVM
 * stays; it reads the options below itself.
 */
@Command(name = "run", header = "Runs a profile in a JVM on this machine, with a shell on the terminal.",
        footer = {"", "Examples:", "  ./cloudos run", "  ./cloudos run server --data /tmp/try --port 0",
            "  ./cloudos run server --set http.port=8081",
            "  ./cloudos run --exec os:status --exec 'bundle:list --json' --timeout 60"})
final class RunCommand implements Callable<Integer> {
    private final Console console;

    @Parameters(arity = "0..1", paramLabel = "PROFILE", completionCandidates = ProfileNames.class, defaultValue = Profiles.DEFAULT,
            description = "Name of a profile, or path of a .bndrun (default: ${DEFAULT-VALUE}).")
    private String profile;

    @Option(names = "--exec", paramLabel = "CMD", description = "Run this shell command once the system is ready, then"
            + " shut down; may be repeated. Exit code 0 when all succeed.")
    private List<String> commands = List.of();

    @Option(names = "--data", paramLabel = "DIR",
            description = "Where the system keeps its data (default: ~/.local/state/cloudos/PROFILE).")
    private Path data;

    @Option(names = "--timeout", paramLabel = "S", description = "End it after so many seconds, with exit code 124.")
    private Integer timeout;

    @Option(names = "--port", paramLabel = "N", description = "Port for SSH (default: 2222; 0: any that is free).")
    private Integer port;

    @Option(names = "--set", paramLabel = "KEY=VALUE", description = "A setting of the system's configuration, over all its files; may be"
            + " repeated. See docs/configuration.md.")
    private List<String> settings = List.of();

    RunCommand(Console console) {
        this.console = console;
    }

    @Override public Integer call() throws IOException {
        if (timeout != null && timeout <= 0) {
            throw Failure.usage("--timeout: expected a number of seconds above 0, found " + timeout);
        }
        if (port != null && (port < 0 || port > 65535)) {
            throw Failure.usage("--port: expected 0 to 65535, found " + port);
        }
        for (String setting : settings) {
            if (setting.indexOf('=') < 1) {
                throw Failure.usage("--set: expected KEY=VALUE, found " + setting);
            }
        }
        Assembly.Assembled assembled = new Assembly(Checkout.find(), console).hosted(profile);
        Path launch = LaunchFile.write(assembled, new UserKeys(Xdg.config()).authorizedKeys());
        String answer = System.getenv("CLOUDOS_LAUNCH");
        if (answer == null) {
            throw new Failure("run is started by the cloudos script, which was not there");
        }
        Files.writeString(Path.of(answer), launch.toString());
        return Failure.OK;
    }
}
