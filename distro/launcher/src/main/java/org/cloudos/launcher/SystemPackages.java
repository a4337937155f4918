package org.cloudos.launcher;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Comparator;
import java.util.List;
import java.util.Map;
import java.util.TreeSet;
import java.util.stream.Stream;
import org.apache.felix.framework.FrameworkFactory;
import org.osgi.framework.BundleException;
import org.osgi.framework.Constants;
import org.osgi.framework.launch.Framework;

/**
 * For the assembler: writes down which packages the framework and this JVM offer to bundles, so that the framework
 * need not go through all modules of the JDK at each start. The list holds for one JVM.
 */
public final class SystemPackages {
    /** In a profile's home. */
    static final String FILE = "system.packages";

    private SystemPackages() { }

    /** @param args the file to write */
    public static void main(String[] args) throws IOException, BundleException, InterruptedException {
        Path storage = Files.createTempDirectory("cloudos-packages");
        try {
            Framework framework = new FrameworkFactory().newFramework(
                    Map.of(Constants.FRAMEWORK_STORAGE, storage.toString(), "felix.service.urlhandlers", "false"));
            framework.init();
            String packages = framework.getBundleContext().getProperty(Constants.FRAMEWORK_SYSTEMPACKAGES);
            framework.stop();
            framework.waitForStop(0);
            Files.writeString(Path.of(args[0]), sorted(packages) + "\n");
        } finally {
            try (Stream<Path> all = Files.walk(storage)) {
                List<Path> inner = all.sorted(Comparator.reverseOrder()).toList();
                for (Path path : inner) {
                    Files.delete(path);
                }
            }
        }
    }

    /** The modules' order differs from run to run. Commas inside quotes part no clauses. */
    static String sorted(String header) {
        TreeSet<String> clauses = new TreeSet<>();
        boolean quoted = false;
        int from = 0;
        for (int i = 0; i <= header.length(); i++) {
            char c = i == header.length() ? ',' : header.charAt(i);
            quoted ^= c == '"';
            if (c == ',' && !quoted) {
                clauses.add(header.substring(from, i).trim());
                from = i + 1;
            }
        }
        clauses.remove("");
        return String.join(",", clauses);
    }
}
