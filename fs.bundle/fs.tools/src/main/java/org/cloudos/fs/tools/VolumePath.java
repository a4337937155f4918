package org.cloudos.fs.tools;

import java.io.IOException;
import java.util.ArrayList;
import java.util.List;
import org.cloudos.fs.Attributes;
import org.cloudos.fs.FileSystem;

/** A file of a volume by its path from the volume's root, wherever it may be mounted. Links are not followed. */
final class VolumePath {
    private VolumePath() { }

    /** Of a folder. */
    static String of(FileSystem files, long folder) throws IOException {
        String path = "";
        for (long node = folder; node != FileSystem.ROOT;) {
            long child = node;
            String[] found = {"node " + child}; // renamed meanwhile
            node = files.parent(child);
            files.list(node, 0, (name, of, _, _) -> {
                found[0] = of == child ? name : found[0];
                return of != child;
            });
            path = "/" + found[0] + path;
        }
        return path;
    }

    /** @return its node */
    static long node(FileSystem files, String path) throws IOException {
        long node = FileSystem.ROOT;
        List<String> walked = new ArrayList<>();
        for (String name : path.split("/")) {
            if (!name.isEmpty()) {
                walked.add(name);
                Attributes next = files.lookup(node, name);
                if (next == null) {
                    throw new IOException("path: expected one in the volume, found none at /" + String.join("/", walked));
                }
                node = next.node();
            }
        }
        return node;
    }
}
