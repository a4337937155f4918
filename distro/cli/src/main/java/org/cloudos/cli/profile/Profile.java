package org.cloudos.cli.profile;

import aQute.bnd.header.Attrs;
import aQute.bnd.header.OSGiHeader;
import aQute.bnd.header.Parameters;
import aQute.bnd.osgi.Processor;
import aQute.bnd.version.VersionRange;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Properties;
import java.util.Set;
import org.cloudos.cli.Failure;

/**
 * What a profile says, includes and all.
 *
 * @param requires   what it asks for, each a requirement as bnd writes it
 * @param bundles    the locked list; empty when it was never resolved
 * @param properties for the framework
 * @param vm         options of the JVM
 * @param maven      Maven coordinates {@code group:artifact:version} of bundles that it adds
 * @param folders    folders of jars that it adds
 * @param hosted     symbolic names of bundles that only a hosted system has
 * @param files      that are put into the profile's home, which is the JVM's working directory
 * @param image      what an image has besides
 */
public record Profile(String name, ProfileText text, List<String> requires, List<LockedBundle> bundles,
        Map<String, String> properties, List<String> vm, List<String> maven, List<Path> folders, List<String> hosted, List<Path> files,
        ForImage image) {
    static final String MAVEN = "-cloudos.maven";
    static final String FOLDER = "-cloudos.folder";
    static final String FILES = "-cloudos.files";
    static final String PACKAGES = "-cloudos.packages";
    static final String SETUP = "-cloudos.setup";
    static final String ROOT = "-cloudos.root";
    private static final String HOSTED = "-cloudos.hosted";
    /** CloudOS's own instructions. */
    static final Set<String> OURS = Set.of(MAVEN, FOLDER, HOSTED, FILES, PACKAGES, SETUP, ROOT);
    /** Those of bnd's instructions that a profile uses. */
    static final Set<String> BND = Set.of("-include", "-runrequires", "-runbundles", "-runproperties", "-runvm",
            "-runfw", "-runee", "-runblacklist", "-runsystemcapabilities", "-runsystempackages",
            "-runprovidedcapabilities", "-runpath", "-standalone");

    /**
     * What only an image has.
     *
     * @param packages of Debian; {@code !NAME} leaves out one that another needs
     * @param setup    files PACKAGE.setup, lines of sysusers.d and tmpfiles.d
     * @param roots    folders that are laid over the root file system
     */
    public record ForImage(List<String> packages, List<Path> setup, List<Path> roots) { }

    /**
     * One line of the locked list.
     *
     * @param startLevel 1: needed for the first prompt; 2: started after it
     */
    public record LockedBundle(String symbolicName, String version, int startLevel) {
        /** Whether a bundle of this version is meant. */
        public boolean includes(String found) {
            return new VersionRange(version).includes(new aQute.bnd.version.Version(found));
        }
    }

    /** Understands what was read. */
    public static Profile of(ProfileText text) {
        try (Processor processor = new Processor()) {
            Properties all = new Properties();
            all.putAll(text.merged());
            processor.setProperties(all);
            return new Profile(ProfileText.name(text.file()), text,
                    clauses(processor.getMergedParameters("-runrequires")), locked(processor),
                    properties(processor), names(processor.getMergedParameters("-runvm")),
                    ProfileText.list(processor.mergeProperties(MAVEN)),
                    paths(processor, FOLDER),
                    ProfileText.list(processor.mergeProperties(HOSTED)),
                    paths(processor, FILES),
                    new ForImage(ProfileText.list(processor.mergeProperties(PACKAGES)), paths(processor, SETUP), paths(processor, ROOT)));
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }

    private static List<Path> paths(Processor processor, String key) {
        return ProfileText.list(processor.mergeProperties(key)).stream().map(Path::of).toList();
    }

    /**
     * Whether the file itself has the locked list. An included one is the included profile's, and holds for this one when it
     * says nothing about bundles.
     */
    public boolean locked() {
        return text.own().contains("-runbundles")
                || text.merged().containsKey("-runbundles") && text.own().stream().noneMatch(Profile::choosesBundles);
    }

    /** Whether an instruction says something about a profile's bundles. */
    public static boolean choosesBundles(String key) {
        return !key.matches("(" + FILES + "|" + PACKAGES + "|" + SETUP + "|" + ROOT + "|-runvm|-runproperties)(\\..*)?");
    }

    /** Whether it takes bundles from elsewhere than CloudOS's own repository. */
    public boolean addsBundles() {
        return !maven.isEmpty() || !folders.isEmpty();
    }

    /** The same profile with this locked list. */
    public Profile withBundles(List<LockedBundle> list) {
        return new Profile(name, text, requires, list, properties, vm, maven, folders, hosted, files, image);
    }

    private static List<LockedBundle> locked(Processor processor) {
        List<LockedBundle> list = new ArrayList<>();
        for (Map.Entry<String, Attrs> clause : processor.decorated("-runbundles").entrySet()) {
            String name = Processor.removeDuplicateMarker(clause.getKey());
            list.add(new LockedBundle(name, clause.getValue().getOrDefault("version", "0"), startLevel(clause)));
        }
        return List.copyOf(list);
    }

    private static int startLevel(Map.Entry<String, Attrs> clause) {
        String level = clause.getValue().getOrDefault("startlevel", "2");
        if (!level.matches("[12]")) {
            throw new Failure("Start level of " + clause.getKey() + ": expected 1 (before the prompt) or 2, found "
                    + level);
        }
        return Integer.parseInt(level);
    }

    /** The start level that a bundle gets from the {@code -runbundles+} instructions. */
    int startLevelOf(String symbolicName) {
        try (Processor processor = new Processor()) {
            Properties all = new Properties();
            all.putAll(text.merged());
            all.keySet().removeIf(key -> key.equals("-runbundles") || key.toString().startsWith("-runbundles."));
            all.setProperty("-runbundles", symbolicName);
            processor.setProperties(all);
            return locked(processor).getFirst().startLevel();
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }

    private static Map<String, String> properties(Processor processor) {
        // Keys are merged in the order of their names: what has the later suffix wins.
        Map<String, String> map = new LinkedHashMap<>();
        for (String key : processor.getMergePropertyKeys("-runproperties").stream()
                .map(Processor.PropertyKey::key).distinct().sorted().toList()) {
            map.putAll(OSGiHeader.parseProperties(processor.getProperty(key)));
        }
        return map;
    }

    private static List<String> names(Parameters parameters) {
        return parameters.keyList().stream().map(Processor::removeDuplicateMarker).toList();
    }

    private static List<String> clauses(Parameters parameters) {
        List<String> list = new ArrayList<>();
        for (Map.Entry<String, Attrs> clause : parameters.entrySet()) {
            Parameters one = new Parameters();
            one.put(Processor.removeDuplicateMarker(clause.getKey()), clause.getValue());
            list.add(one.toString());
        }
        return List.copyOf(list);
    }
}
