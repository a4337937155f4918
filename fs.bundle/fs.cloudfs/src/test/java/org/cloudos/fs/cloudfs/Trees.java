package org.cloudos.fs.cloudfs;

import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;
import org.cloudos.fs.Attributes;
import org.cloudos.fs.FileSystem;
import org.cloudos.fs.FsException;
import org.cloudos.fs.NodeType;
import org.cloudos.fs.suite.Probe;

/** All that a file system says of its files, to compare. */
final class Trees {
    private Trees() { }

    static Map<String, Object> of(FileSystem fs) throws FsException {
        Map<String, Object> found = new TreeMap<>();
        walk(fs, FileSystem.ROOT, "", found);
        return found;
    }

    private static void walk(FileSystem fs, long folder, String path, Map<String, Object> found) throws FsException {
        List<String> names = new ArrayList<>(new Probe(fs).names(folder));
        for (String name : names) {
            Attributes a = fs.lookup(folder, name);
            List<Object> all = new ArrayList<>(List.of(a.node(), a.type(), a.mode(), a.links(), a.uid(), a.gid(),
                    a.size(), a.modified(), a.changed(), a.born()));
            for (String x : new java.util.TreeSet<>(fs.extendedNames(a.node()))) {
                all.add(x + Arrays.hashCode(fs.extended(a.node(), x)));
            }
            switch (a.type()) {
                case FILE -> all.add(Arrays.hashCode(new Probe(fs).all(a.node())));
                case LINK -> all.add(fs.target(a.node()));
                default -> { }
            }
            found.put(path + "/" + name, all);
            if (a.type() == NodeType.FOLDER) {
                walk(fs, a.node(), path + "/" + name, found);
            }
        }
    }
}
