package org.cloudos.test.rules;

import static org.junit.jupiter.api.Assertions.assertEquals;

import aQute.bnd.header.Parameters;
import aQute.bnd.osgi.Constants;
import java.io.IOException;
import java.lang.classfile.ClassFile;
import java.lang.classfile.constantpool.MemberRefEntry;
import java.lang.classfile.constantpool.PoolEntry;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.function.BiConsumer;
import java.util.jar.JarFile;
import org.junit.jupiter.api.Test;

/** Who may import whom: docs/architecture.md. */
class LayersTest {
    /** Bundles that are not named *.api and whose exported packages are meant for others. */
    private static final Set<String> LIBRARIES = Set.of("shell", "linux");
    /** The one that has the terminal. */
    private static final Set<String> CONSOLE = Set.of("shell");
    /** The one bundle that may call the kernel. */
    private static final Set<String> NATIVE = Set.of("linux");

    @Test void apisImportApisOnly() throws IOException {
        Map<String, House.Module> exporters = exporters();
        List<String> wrong = new ArrayList<>();
        for (House.Module module : House.bundles()) {
            if (module.isApi()) {
                header(module, Constants.IMPORT_PACKAGE).keySet().stream()
                        .filter(p -> !exporters.containsKey(p) || !exporters.get(p).isApi())
                        .forEach(p -> wrong.add(module.path() + " imports " + p));
            }
        }
        assertEquals(List.of(), wrong, "an API imports other APIs only");
    }

    @Test void providersImportApisOnly() throws IOException {
        Map<String, House.Module> exporters = exporters();
        List<String> wrong = new ArrayList<>();
        for (House.Module module : House.bundles()) {
            for (String imported : header(module, Constants.IMPORT_PACKAGE).keySet()) {
                House.Module exporter = exporters.get(imported);
                if (exporter != null && !exporter.isApi() && !exporter.equals(module) && !LIBRARIES.contains(exporter.name())) {
                    wrong.add(module.path() + " imports " + imported + " of " + exporter.path());
                }
            }
        }
        assertEquals(List.of(), wrong, "a provider imports APIs only, so that it can be swapped without a refresh of others");
    }

    @Test void nobodyElseCallsTheKernel() throws IOException {
        List<String> wrong = new ArrayList<>();
        eachMember((module, member) -> {
            String owner = member.owner().asInternalName(), name = member.name().stringValue();
            boolean restricted = owner.equals("java/lang/foreign/Linker") || owner.equals("java/lang/foreign/SymbolLookup")
                    || owner.equals("java/lang/foreign/MemorySegment") && name.equals("reinterpret")
                    || owner.equals("java/lang/System") && name.startsWith("loadLibrary");
            if (restricted && !NATIVE.contains(module.name())) {
                wrong.add(module.path() + " calls " + owner + "." + name);
            }
        });
        assertEquals(List.of(), wrong, "restricted native access stands in bundles/linux alone");
    }

    @Test void noBundlePrintsToTheProcess() throws IOException {
        List<String> wrong = new ArrayList<>();
        eachMember((module, member) -> {
            if (member.owner().asInternalName().equals("java/lang/System") && member.name().equalsString("out")
                    && !CONSOLE.contains(module.name())) {
                wrong.add(module.path());
            }
        });
        assertEquals(List.of(), wrong, "a bundle logs, or returns what a command prints; System.out is the console's");
    }

    private static Map<String, House.Module> exporters() throws IOException {
        Map<String, House.Module> exporters = new HashMap<>();
        for (House.Module module : House.bundles()) {
            header(module, Constants.EXPORT_PACKAGE).keySet().stream().filter(p -> p.startsWith("org.cloudos."))
                    .forEach(p -> exporters.put(p, module));
        }
        return exporters;
    }

    private static Parameters header(House.Module module, String name) throws IOException {
        try (JarFile jar = new JarFile(module.jar().toFile())) {
            return new Parameters(jar.getManifest().getMainAttributes().getValue(name));
        }
    }

    /** Every method and field that a class of a bundle mentions; packages that it embeds from others are not ours. */
    private static void eachMember(BiConsumer<House.Module, MemberRefEntry> visitor) throws IOException {
        for (House.Module module : House.bundles()) {
            try (JarFile jar = new JarFile(module.jar().toFile())) {
                for (var entry : jar.stream().filter(e -> e.getName().startsWith("org/cloudos/") && e.getName().endsWith(".class")).toList()) {
                    var model = ClassFile.of().parse(jar.getInputStream(entry).readAllBytes());
                    for (PoolEntry constant : model.constantPool()) {
                        if (constant instanceof MemberRefEntry member) {
                            visitor.accept(module, member);
                        }
                    }
                }
            }
        }
    }
}
