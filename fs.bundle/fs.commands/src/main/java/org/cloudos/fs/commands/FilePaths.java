package org.cloudos.fs.commands;

import java.util.ArrayList;
import java.util.List;
import java.util.function.Function;
import org.cloudos.fs.FsException;
import org.cloudos.fs.vfs.Caller;
import org.cloudos.fs.vfs.OpenFile;
import org.cloudos.fs.vfs.OpenHow;
import org.cloudos.fs.vfs.Vfs;
import org.cloudos.shell.Suggest;
import org.osgi.service.component.annotations.Activate;
import org.osgi.service.component.annotations.Component;
import org.osgi.service.component.annotations.Reference;

/** Completes paths of the VFS. */
@Component(service = Function.class, property = Suggest.SOURCE + "=" + FilePaths.NAME)
public final class FilePaths implements Function<String, List<String>> {
    /** For {@code @Suggest(from = ...)}. */
    public static final String NAME = "vfs";
    private static final int MOST = 1000;
    private final Vfs vfs;

    @Activate
    public FilePaths(@Reference Vfs vfs) {
        this.vfs = vfs;
    }

    @Override public List<String> apply(String word) {
        String folder = word.substring(0, word.lastIndexOf('/') + 1);
        List<String> words = new ArrayList<>();
        try (OpenFile open = OpenFile.open(vfs, Caller.SYSTEM, folder.isEmpty() ? "/" : folder, OpenHow.FOLDER)) {
            open.list(0, (name, node, type, cookie) -> words.add(folder + name + (type == org.cloudos.fs.NodeType.FOLDER ? "/" : ""))
                    && words.size() < MOST);
        } catch (FsException e) {
            return List.of(); // no folder: nothing to suggest
        }
        return words;
    }
}
