package org.cloudos.cli;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Map;
import java.util.concurrent.Callable;
import javax.lang.model.SourceVersion;
import picocli.CommandLine.Command;
import picocli.CommandLine.Option;
import picocli.CommandLine.Parameters;

/** Makes a bundle's module. */
@Command(name = "bundle", header = "Makes the module of a new bundle, with a component and its test.",
        footer = {"", "Examples:", "  ./cloudos new bundle clock              bundles/clock, bundle org.cloudos.clock",
            "  ./cloudos new bundle greeter.mine --in examples"})
final class NewBundleCommand implements Callable<Integer> {
    private final Console console;

    @Parameters(paramLabel = "NAME", description = "Words of lower-case letters and digits, with dots between them.")
    private String name;

    @Option(names = "--in", paramLabel = "DIR", description = "Folder of the subsystem, from the checkout's root"
            + " (default: FIRST-WORD.bundle where there is one, else bundles).")
    private Path in;

    NewBundleCommand(Console console) {
        this.console = console;
    }

    @Override public Integer call() throws IOException {
        if (!name.matches("[a-z][a-z0-9]*(\\.[a-z][a-z0-9]*)*") || !SourceVersion.isName("org.cloudos." + name)) {
            throw Failure.usage("A bundle's name is words of lower-case letters and digits with dots between; found '" + name + "'",
                    "For example: clock, or fs.ramdisk");
        }
        Checkout checkout = Checkout.find();
        Path module = parent(checkout).resolve(name);
        String path = checkout.root().relativize(module).toString();
        if (Files.exists(module)) {
            throw new Failure("There is " + path + " already");
        }
        String rootPom = Files.readString(checkout.root().resolve("pom.xml"));
        if (rootPom.contains("/" + name + "</module>")) {
            throw new Failure("There is a module named " + name + " already", "Two bundles can't have one name");
        }
        for (Map.Entry<String, String> file : new BundleTemplate(name, checkout.version(), depth(path)).files().entrySet()) {
            Path target = module.resolve(file.getKey());
            Files.createDirectories(target.getParent());
            Files.writeString(target, file.getValue());
        }
        Files.writeString(checkout.root().resolve("pom.xml"), withModule(rootPom, path));
        boolean forProfiles = !path.startsWith("examples/") && !path.startsWith("test/");
        if (forProfiles) {
            Path pom = checkout.profiles().resolve("pom.xml");
            Files.writeString(pom, withDependency(Files.readString(pom), name));
        }
        tellNextSteps(path, forProfiles);
        return Failure.OK;
    }

    private Path parent(Checkout checkout) {
        Path root = checkout.root();
        if (in == null) {
            Path own = root.resolve(name.split("\\.")[0] + ".bundle");
            return name.contains(".") && Files.isDirectory(own) ? own : root.resolve("bundles");
        }
        Path dir = root.resolve(in).normalize();
        if (!dir.startsWith(root) || dir.equals(root)) {
            throw Failure.usage("--in: expected a folder in the checkout, such as bundles or examples, found " + in);
        }
        return dir;
    }

    private static int depth(String path) {
        return Path.of(path).getNameCount();
    }

    /** After the last module of the same folder; else before distro, which comes after what it distributes. */
    static String withModule(String pom, String path) {
        String folder = path.substring(0, path.lastIndexOf('/') + 1);
        String line = "    <module>" + path + "</module>\n";
        int sibling = pom.lastIndexOf("<module>" + folder);
        int at = sibling >= 0 ? pom.indexOf('\n', sibling) + 1 : pom.indexOf("    <module>distro/");
        at = at < 0 ? pom.indexOf("  </modules>") : at;
        return pom.substring(0, at) + line + pom.substring(at);
    }

    static String withDependency(String pom, String name) {
        String others = "    <!-- Others' -->";
        return pom.replace(others, "    <dependency><groupId>org.cloudos</groupId><artifactId>" + name
                + "</artifactId><version>${project.version}</version></dependency>\n" + others);
    }

    private void tellNextSteps(String path, boolean forProfiles) {
        console.print("Made " + path + ", the bundle org.cloudos." + name + ". Next:");
        console.print("  mvn -pl " + path + " -am verify     builds and tests it");
        if (forProfiles) {
            console.print("  -runrequires.mine: bnd.identity;id='org.cloudos." + name + "'     in a profile, takes it in");
        }
        console.print("  ./cloudos deploy " + path + "/target/" + name + "-*.jar --to localhost:2222     into a running system");
    }
}
