package org.cloudos.cli;

import java.nio.file.Path;
import java.security.KeyPair;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Locale;
import java.util.concurrent.Callable;
import org.cloudos.cli.deploy.Deployer;
import org.cloudos.cli.deploy.Identity;
import org.cloudos.cli.deploy.KnownHosts;
import org.cloudos.cli.deploy.Package;
import org.cloudos.cli.deploy.Protocol;
import org.cloudos.cli.deploy.Target;
import picocli.CommandLine.Command;
import picocli.CommandLine.Option;
import picocli.CommandLine.Parameters;

/** Installs or swaps bundles in a running CloudOS. */
@Command(name = "deploy", header = "Installs jars in a running CloudOS, or swaps them in; all of them, or none.",
        footer = {"", "Examples:", "  ./cloudos deploy app.jar --to localhost:2222",
            "  ./cloudos deploy api.jar app.jar --to box --trial 30 --identity ~/.ssh/id_ed25519"})
final class DeployCommand implements Callable<Integer> {
    private final Console console;

    @Parameters(arity = "1..64", paramLabel = "JAR", description = "Bundles; together they are one transaction.")
    private List<Path> jars;

    @Option(names = "--to", required = true, paramLabel = "HOST[:PORT]", description = "Where (default port: 2222).")
    private String to;

    @Option(names = "--identity", paramLabel = "FILE", description = "Private key to log in with (default: "
            + "~/.config/cloudos/id_ed25519 and the usual ones in ~/.ssh).")
    private Path identity;

    @Option(names = "--trial", paramLabel = "S", defaultValue = "5",
            description = "How long the new bundles' health is watched (default: ${DEFAULT-VALUE} s).")
    private int trial;

    @Option(names = "--drain", paramLabel = "S", defaultValue = "5",
            description = "How long calls under way may take to end (default: ${DEFAULT-VALUE} s).")
    private int drain;

    @Option(names = "--accept-new", description = "Trust a host that was never seen before without asking.")
    private boolean acceptNew;

    @Option(names = "--json", description = "Print the result as JSON.")
    private boolean json;

    DeployCommand(Console console) {
        this.console = console;
    }

    @Override public Integer call() {
        if (trial < 0 || trial > 600 || drain < 0 || drain > 600) {
            throw Failure.usage("--trial and --drain: expected 0 to 600 seconds, found " + trial + " and " + drain);
        }
        Target target = Target.parse(to);
        List<Package> packages = jars.stream().map(Package::of).toList();
        target.isLoopback(); // says so when there is no such host, before any key is asked for
        KnownHosts hosts = new KnownHosts(Xdg.config().resolve("known_hosts"));
        Deployer deployer = new Deployer(target, keys(), hosts, this::judge);
        Protocol.Result result;
        try (Progress progress = console.progress("Deploying to " + target)) {
            result = deployer.deploy(packages, Duration.ofSeconds(trial), Duration.ofSeconds(drain), progress::step);
            progress.done(result.ok() ? "committed" : "not done");
        }
        report(result);
        return result.ok() ? Failure.OK : Failure.FAILED;
    }

    private List<KeyPair> keys() {
        if (identity != null) {
            return List.of(Identity.load(identity, System.console() == null ? null
                    : (session, name, retry) -> new String(System.console().readPassword("Passphrase of %s: ", identity))));
        }
        List<KeyPair> keys = new ArrayList<>(Identity.usual(Xdg.config()));
        keys.addAll(Identity.usual(Path.of(System.getProperty("user.home"), ".ssh")));
        if (keys.isEmpty()) {
            Path made = new UserKeys(Xdg.config()).identity();
            throw new Failure("There was no key to log in with; " + made + " was made now",
                    "Let the system know it: add the line in " + made + ".pub to DATA/ssh/authorized_keys there",
                    "./cloudos run and ./cloudos boot do that themselves");
        }
        return keys;
    }

    private void judge(Target target, KnownHosts.Known known, String key, String fingerprint) {
        if (target.isLoopback()) {
            // A system without a data disk has a new key at each boot; and who listens here is on this machine.
            console.say(target + (known == KnownHosts.Known.OTHER ? " has another host key than before: " : " has the host key ")
                    + fingerprint);
        } else if (known == KnownHosts.Known.OTHER) {
            throw new Failure("The host key of " + target + " is not the one seen before; it is " + fingerprint + " now",
                    "Somebody may be listening in. If the system was made anew, take its line out of "
                    + Xdg.config().resolve("known_hosts"));
        } else if (!acceptNew && !asked(target, fingerprint)) {
            throw new Failure("The host key of " + target + " was never seen before: " + fingerprint,
                    "Compare it with what os:status shows there, then use --accept-new");
        } else {
            console.say(target + " has the host key " + fingerprint + ", remembered from now on");
        }
    }

    private static boolean asked(Target target, String fingerprint) {
        return System.console() != null && "yes".equals(System.console().readLine(
                "%s was never seen before. Its host key is %s%nTrust it? (yes or no) ", target, fingerprint));
    }

    private void report(Protocol.Result result) {
        if (json) {
            console.json(result);
        } else if (result.change() != null) {
            Table table = new Table("BUNDLE", "FROM", "TO");
            result.change().bundles().forEach(s -> table.row(s.symbolicName(), s.from().isEmpty() ? "-" : s.from(),
                    s.to().isEmpty() ? "-" : s.to()));
            console.print(table.toString());
            console.print("change " + result.change().number() + " " + result.change().outcome() + ": longest stall "
                    + String.format(Locale.ROOT, "%.1f", result.change().stallMs()) + " ms, " + result.change().callsHeld() + " calls held, "
                    + result.change().callsFailed() + " failed");
        }
        if (!result.ok()) {
            console.error(new Failure(reason(result), "Nothing was changed, or all of it was taken back"));
        }
    }

    private static String reason(Protocol.Result result) {
        String what = switch (String.valueOf(result.error())) {
            case "bad_jar" -> "A jar was refused";
            case "unresolvable" -> "Refused, it does not resolve";
            case "taken_back" -> "It went back by itself";
            case "store_failed" -> "The system can't store it";
            case "not_available" -> "That system takes no deployments";
            default -> "Refused";
        };
        String why = result.message() == null ? "" : result.message().replaceFirst("^taken back: ", "");
        return why.isEmpty() ? what : what + ": " + why;
    }
}
