package org.cloudos.test.rules;

import static org.junit.jupiter.api.Assertions.assertEquals;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.regex.Pattern;
import org.junit.jupiter.api.Test;

/** What can be said of the sources without compiling them. */
class SourcesTest {
    /** To a file of ours, without a part of it. */
    private static final Pattern LINK = Pattern.compile("\\]\\((?!https?:|mailto:)([^)#\\s]+)(?:#[^)]*)?\\)");
    private static final int MAX_LINES = 500;
    private static final int MAX_BND_LINES = 9;
    private static final Pattern NAMELESS = Pattern.compile(".*(Impl|Manager|Utils?|Helpers?|Common)\\.java");

    @Test void filesCanBeReadInOneGo() throws IOException {
        List<String> wrong = new ArrayList<>();
        List<Path> files = new ArrayList<>(House.sources(".java", ".c", ".h", ".sh"));
        files.add(House.ROOT.resolve("cloudos"));
        for (Path file : files) {
            int lines = Files.readAllLines(file).size();
            if (lines > MAX_LINES) {
                wrong.add(House.name(file) + " has " + lines + " lines");
            }
        }
        assertEquals(List.of(), wrong, "at most " + MAX_LINES + " lines");
    }

    @Test void namesSaySomething() throws IOException {
        assertEquals(List.of(), House.sources(".java").stream().map(House::name).filter(n -> NAMELESS.matcher(n).matches()).toList());
    }

    @Test void bndFilesAreShort() throws IOException {
        List<String> wrong = new ArrayList<>();
        for (House.Module module : House.bundles()) {
            int lines = Files.readAllLines(module.folder().resolve("bnd.bnd")).size();
            if (lines > MAX_BND_LINES) {
                wrong.add(module.path() + "/bnd.bnd has " + lines + " lines");
            }
        }
        assertEquals(List.of(), wrong, "what all bundles share stands in the root's bnd.bnd");
    }

    @Test void versionsStandInOnePlace() throws IOException {
        List<String> wrong = new ArrayList<>();
        Pattern foreign = Pattern.compile("<dependency>\\s*<groupId>(?!org\\.cloudos)[^<]+</groupId>\\s*<artifactId>([^<]+)</artifactId>\\s*<version>");
        for (House.Module module : House.modules()) {
            foreign.matcher(Files.readString(module.folder().resolve("pom.xml"))).results()
                    .forEach(m -> wrong.add(module.path() + " gives a version to " + m.group(1)));
        }
        assertEquals(List.of(), wrong, "versions of others' artifacts stand in cnf/pom.xml alone");
    }

    @Test void everyModuleIsDescribed() throws IOException {
        List<String> wrong = new ArrayList<>();
        for (House.Module module : House.modules()) {
            if (!Files.readString(module.folder().resolve("pom.xml")).contains("<description>")) {
                wrong.add(module.path());
            }
        }
        assertEquals(List.of(), wrong, "a bundle's description comes from its pom");
    }

    @Test void linksLeadSomewhere() throws IOException {
        List<String> wrong = new ArrayList<>();
        for (Path page : House.sources(".md")) {
            LINK.matcher(Files.readString(page)).results().map(m -> m.group(1)).filter(to -> !Files.exists(page.resolveSibling(to)))
                    .forEach(to -> wrong.add(House.name(page) + " links to " + to));
        }
        assertEquals(List.of(), wrong);
    }

    @Test void textIsClean() throws IOException {
        List<String> wrong = new ArrayList<>();
        for (Path file : House.sources(".java", ".c", ".h", ".sh", ".bnd", ".xml")) {
            String text = Files.readString(file);
            if (text.contains("\r") || text.lines().anyMatch(line -> line.endsWith(" ") || line.endsWith("\t"))
                    || !text.isEmpty() && !text.endsWith("\n")) {
                wrong.add(House.name(file));
            }
        }
        assertEquals(List.of(), wrong, "LF line ends, none with blanks before it, one at the end of the file");
    }
}
