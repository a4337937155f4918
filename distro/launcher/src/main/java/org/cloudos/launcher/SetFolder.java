package org.cloudos.launcher;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardCopyOption;
import java.util.ArrayList;
import java.util.List;
import org.cloudos.kernel.swap.BundleStore.BundleSet;

/** The files of the sets: {@code N.json}, and {@code N.json.bad} for one that was gone back from. */
final class SetFolder {
    private static final String SET = ".json";
    private static final String BAD = ".bad";

    private final Path folder;

    SetFolder(Path folder) {
        this.folder = folder;
    }

    Path file(long number) {
        return folder.resolve(number + SET);
    }

    BundleSet read(long number) throws IOException, Json.Malformed {
        BundleSet set = SetFile.parseSet(Files.readString(file(number)));
        if (set.number() != number) {
            throw new Json.Malformed("sets/" + number + SET + " holds set " + set.number());
        }
        return set;
    }

    /** Nothing is to go back to this set. */
    void setAside(long number) throws IOException {
        Files.move(file(number), folder.resolve(number + SET + BAD), StandardCopyOption.REPLACE_EXISTING);
    }

    /** Numbers of the sets on disk, ascending. */
    List<Long> numbersUpTo(long last) {
        List<Long> numbers = new ArrayList<>();
        for (String name : names()) {
            long number = name.endsWith(SET) ? number(name) : 0;
            if (number > 0 && number <= last) {
                numbers.add(number);
            }
        }
        numbers.sort(null);
        return numbers;
    }

    /** Never one that was used, not even by a set that was gone back from. */
    long nextNumber(long running) {
        long highest = running;
        for (String name : names()) {
            highest = Math.max(highest, number(name));
        }
        return highest + 1;
    }

    private String[] names() {
        String[] names = folder.toFile().list();
        return names == null ? new String[0] : names;
    }

    /** The number before the first dot; 0 when there is none. */
    private static long number(String name) {
        int dot = name.indexOf('.');
        try {
            return dot < 0 ? 0 : Long.parseLong(name, 0, dot, 10);
        } catch (NumberFormatException e) {
            return 0;
        }
    }
}
