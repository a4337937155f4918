package org.cloudos.test.rules;

import static org.junit.jupiter.api.Assertions.assertEquals;

import aQute.bnd.differ.Baseline;
import aQute.bnd.differ.DiffPluginImpl;
import aQute.bnd.osgi.Builder;
import aQute.bnd.osgi.Jar;
import aQute.libg.reporter.ReporterAdapter;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import org.junit.jupiter.api.Test;

/**
 * An API package that changed has a new version: major when its users break, minor when its providers do. Compared with
 * the jars of the last release, {@code cnf/baseline/MODULE.jar}; a module without one was not released yet.
 */
class BaselineTest {
    @Test void apisThatChangedHaveNewVersions() throws Exception {
        List<String> wrong = new ArrayList<>();
        for (House.Module module : House.bundles()) {
            Path released = House.ROOT.resolve("cnf/baseline/" + module.name() + ".jar");
            if (module.isApi() && Files.exists(released)) {
                try (Jar before = new Jar(released.toFile()); Jar now = new Jar(module.jar().toFile())) {
                    wrong.addAll(differences(before, now));
                }
            }
        }
        assertEquals(List.of(), wrong, "raise @Version in package-info.java");
    }

    @Test void aMethodMoreIsAMinorChangeAndOneLessAMajorOne() throws Exception {
        try (Jar small = jar(Small.class, "1.0.0"); Jar more = jar(More.class, "1.0.0"); Jar raised = jar(More.class, "1.1.0")) {
            assertEquals(1, differences(small, more).size());
            assertEquals(List.of(), differences(small, raised));
            assertEquals(1, differences(raised, jar(Small.class, "1.2.0")).size());
        }
    }

    private static List<String> differences(Jar before, Jar now) throws Exception {
        return new Baseline(new ReporterAdapter(), new DiffPluginImpl()).baseline(now, before, null).stream()
                .filter(info -> info.mismatch).map(info -> info.packageName + " " + info.newerVersion + " should be "
                        + info.suggestedVersion).toList();
    }

    /** Before; stands under the same name as {@link More}. */
    interface Small {
        void one();
    }

    /** After. */
    interface More {
        void one();

        default void two() { }
    }

    /** A bundle that exports a package {@code api} with one interface, {@code api.Door}, of this shape. */
    private static Jar jar(Class<?> shape, String version) throws Exception {
        try (var in = shape.getResourceAsStream(shape.getName().replaceFirst(".*\\.", "") + ".class")) {
            var parsed = java.lang.classfile.ClassFile.of().parse(in.readAllBytes());
            byte[] door = java.lang.classfile.ClassFile.of().build(java.lang.constant.ClassDesc.of("api.Door"), b -> {
                b.withFlags(java.lang.reflect.AccessFlag.PUBLIC, java.lang.reflect.AccessFlag.INTERFACE, java.lang.reflect.AccessFlag.ABSTRACT);
                parsed.methods().forEach(b::with);
            });
            Jar classes = new Jar("classes");
            classes.putResource("api/Door.class", new aQute.bnd.osgi.EmbeddedResource(door, 0));
            Builder builder = new Builder();
            builder.addClasspath(classes);
            builder.setProperty("Bundle-SymbolicName", "api");
            builder.setProperty("Export-Package", "api;version=" + version);
            return builder.build();
        }
    }
}
