package org.cloudos.cli;

import picocli.CommandLine.Command;
import picocli.CommandLine.Parameters;

/** For the help alone: the script runs the tests itself, since they need no built CloudOS to begin with. */
@Command(name = "test", header = "Runs all that CI runs; ends with 'N passed, N failed'.",
        footer = {"", "Examples:", "  ./cloudos test", "  ./cloudos test -pl distro/cli -am"})
final class TestCommand implements Runnable {
    @Parameters(arity = "0..*", paramLabel = "MAVEN-ARGS", description = "Further arguments for Maven.")
    private String[] arguments;

    @Override public void run() {
        throw new Failure("test is run by the cloudos script, which was not there");
    }
}
