package org.cloudos.config.layers;

import java.io.IOException;
import java.nio.file.DirectoryStream;
import java.nio.file.Files;
import java.nio.file.LinkOption;
import java.nio.file.NoSuchFileException;
import java.nio.file.Path;
import java.nio.file.attribute.FileTime;
import java.util.ArrayList;
import java.util.List;
import org.cloudos.config.Edit;
import org.cloudos.config.Layer;
import org.cloudos.config.yaml.SyntaxException;

/**
 * The configuration folder: {@code machine.yaml}, {@code conf.d/*.yaml}. The profile's file stands in the profile's home.
 *
 * @param path    of the folder
 * @param profile of the profile's file; may not exist
 */
public record Folder(Path path, Path profile) {
    /** The site's folder. */
    public static final String SITE = "conf.d";
    private static final int MAX_FILES = 1000;
    private static final int UNFINISHED_MS = 250;
    private static final int PAUSE_MS = 10;
    /** Nobody waits longer for one who empties a file again and again. */
    private static final int MOST_MS = 5_000;

    /** All files, in the order of their layers. */
    public List<Document> read() {
        List<Document> documents = new ArrayList<>();
        add(documents, Layer.PROFILE, "profile:" + profile.getFileName(), profile);
        add(documents, Layer.MACHINE, Edit.MACHINE, path.resolve(Edit.MACHINE));
        Path site = path.resolve(SITE);
        if (!Files.exists(site, LinkOption.NOFOLLOW_LINKS)) {
            return documents;
        }
        List<Path> files = new ArrayList<>();
        try (DirectoryStream<Path> all = Files.newDirectoryStream(site, Folder::counts)) {
            all.forEach(files::add);
        } catch (IOException e) {
            documents.add(new Document(Layer.SITE, SITE, null, new Document.Fault(0, 0, "expected a folder of files: " + e)));
            return documents;
        }
        files.sort(null);
        if (files.size() > MAX_FILES) {
            documents.add(new Document(Layer.SITE, SITE, null, new Document.Fault(0, 0, "expected at most " + MAX_FILES
                    + " files, found " + files.size())));
            return documents;
        }
        files.forEach(f -> add(documents, Layer.SITE, SITE + "/" + f.getFileName(), f));
        return documents;
    }

    private static boolean counts(Path file) {
        String name = file.getFileName().toString();
        return !name.startsWith(".") && (name.endsWith(".yaml") || name.endsWith(".yml"));
    }

    private static void add(List<Document> documents, Layer layer, String name, Path file) {
        try {
            documents.add(Document.of(layer, name, whole(file)));
        } catch (NoSuchFileException e) {
            return; // a layer that says nothing
        } catch (SyntaxException e) {
            documents.add(new Document(layer, name, null, new Document.Fault(e.line(), e.column(), e.getMessage())));
        } catch (IOException e) {
            documents.add(new Document(layer, name, null, new Document.Fault(0, 0, e.getMessage())));
        }
    }

    /**
     * A file that was emptied a moment ago is most likely one that is just being written anew: what it said is not taken back for that.
     * It is empty when it has been so for a while, and nobody wrote since it was read.
     */
    private static String whole(Path file) throws IOException, SyntaxException {
        String text = TextFile.read(file);
        for (int waited = 0; text.isEmpty() && waited < MOST_MS; waited += PAUSE_MS) {
            FileTime written = Files.getLastModifiedTime(file);
            boolean fresh = isFresh(written);
            if (fresh) {
                try {
                    Thread.sleep(PAUSE_MS);
                } catch (InterruptedException e) {
                    Thread.currentThread().interrupt();
                    return text;
                }
            }
            text = TextFile.read(file);
            if (!fresh && written.equals(Files.getLastModifiedTime(file))) {
                return text;
            }
        }
        return text;
    }

    private static boolean isFresh(FileTime written) {
        long age = System.currentTimeMillis() - written.toMillis();
        return age >= 0 && age < UNFINISHED_MS;
    }

    /** Where a file that can be edited stands. */
    public static boolean isEditable(String name) {
        return name.equals(Edit.MACHINE) || name.matches("conf\\.d/[A-Za-z0-9_][\\w.+-]{0,100}\\.ya?ml");
    }

    /** The file of this name. */
    public Path file(String name) {
        return path.resolve(name);
    }
}
