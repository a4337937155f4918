package org.cloudos.fs.tools;

import java.io.IOException;
import java.util.ArrayList;
import java.util.List;
import org.cloudos.fs.Attributes;
import org.cloudos.fs.FileSystem;

/** A file of a volume by its path from the volume's root, wherever it may be mounted. Links are not followed. */
final class VolumePath {
    private VolumePath() { }

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
