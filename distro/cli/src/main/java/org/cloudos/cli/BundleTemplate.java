package org.cloudos.cli;

import java.util.LinkedHashMap;
import java.util.Map;

/**
 * The files of a new bundle's module.
 *
 * @param name  of the module; the bundle is {@code org.cloudos.NAME}
 * @param depth how many folders below the checkout's root the module is
 */
record BundleTemplate(String name, String version, int depth) {
    private static final String DEPENDENCY = "    <dependency><groupId>%s</groupId><artifactId>%s</artifactId><scope>%s</scope></dependency>\n";

    /** By path in the module. */
    Map<String, String> files() {
        String packageName = "org.cloudos." + name;
        String path = "java/" + packageName.replace('.', '/') + "/";
        Map<String, String> files = new LinkedHashMap<>();
        files.put("pom.xml", pom());
        files.put("bnd.bnd", "");
        files.put("src/main/" + path + "package-info.java", """
                /** What this bundle is for. */
                package %s;
                """.formatted(packageName));
        files.put("src/main/" + path + component() + ".java", component(packageName));
        files.put("src/test/" + path + component() + "Test.java", test(packageName));
        return files;
    }

    String component() {
        String last = name.substring(name.lastIndexOf('.') + 1);
        return Character.toUpperCase(last.charAt(0)) + last.substring(1);
    }

    private String component(String packageName) {
        return """
                package %s;

                import org.osgi.service.component.annotations.Component;

                /** Greets, until it does something of use. Thread-safe. */
                @Component(service = %2$s.class)
                public final class %2$s {
                    /** A greeting. */
                    public String greet(String whom) {
                        return "Hello, " + whom;
                    }
                }
                """.formatted(packageName, component());
    }

    private String test(String packageName) {
        return """
                package %s;

                import static org.junit.jupiter.api.Assertions.assertEquals;

                import org.junit.jupiter.api.Test;

                class %2$sTest {
                    @Test void greets() {
                        assertEquals("Hello, world", new %2$s().greet("world"));
                    }
                }
                """.formatted(packageName, component());
    }

    private String pom() {
        return """
                <?xml version="1.0" encoding="UTF-8"?>
                <project xmlns="http://maven.apache.org/POM/4.0.0" xmlns:xsi="http://www.w3.org/2001/XMLSchema-instance"
                         xsi:schemaLocation="http://maven.apache.org/POM/4.0.0 https://maven.apache.org/xsd/maven-4.0.0.xsd">
                  <modelVersion>4.0.0</modelVersion>
                  <parent>
                    <groupId>org.cloudos</groupId>
                    <artifactId>cnf</artifactId>
                    <version>%s</version>
                    <relativePath>%scnf/pom.xml</relativePath>
                  </parent>
                  <artifactId>%s</artifactId>
                  <description>What this bundle is for</description>
                  <dependencies>
                %s  </dependencies>
                  <build>
                    <plugins>
                      <plugin><groupId>biz.aQute.bnd</groupId><artifactId>bnd-maven-plugin</artifactId></plugin>
                    </plugins>
                  </build>
                </project>
                """.formatted(version, "../".repeat(depth), name,
                DEPENDENCY.formatted("org.osgi", "org.osgi.service.component.annotations", "provided")
                + DEPENDENCY.formatted("org.junit.jupiter", "junit-jupiter", "test"));
    }
}
