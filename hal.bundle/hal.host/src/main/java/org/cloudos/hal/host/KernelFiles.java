package org.cloudos.hal.host;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.LinkOption;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.stream.Stream;

/** Small files below {@code /sys} and {@code /proc}. What is not there, or not for us, is empty. */
record KernelFiles(Path root) {
    private static final int LARGEST = 1 << 20;

    Path at(String path) {
        return root.resolve(path);
    }

    String text(String path) {
        return text(at(path));
    }

    static String text(Path file) {
        try (var in = Files.newInputStream(file)) {
            return new String(in.readNBytes(LARGEST), java.nio.charset.StandardCharsets.ISO_8859_1).strip();
        } catch (IOException e) {
            return "";
        }
    }

    /** @param absent what it is when there is no number */
    long number(String path, long absent) {
        String text = text(path);
        return text.matches("-?\\d{1,18}") ? Long.parseLong(text) : absent;
    }

    /** Names in a folder, sorted as texts. */
    List<String> names(String folder) {
        try (Stream<Path> all = Files.list(at(folder))) {
            return all.map(p -> p.getFileName().toString()).sorted().toList();
        } catch (IOException e) {
            return List.of();
        }
    }

    /** The last name of what a link leads to. */
    String link(String path) {
        Path link = at(path);
        try {
            return Files.exists(link, LinkOption.NOFOLLOW_LINKS) ? Files.readSymbolicLink(link).getFileName().toString() : "";
        } catch (IOException e) {
            return "";
        }
    }

    /** Numbers of a list such as {@code 0-3,8}; a list that is none is cut where it errs. */
    static List<Integer> list(String text) {
        List<Integer> numbers = new ArrayList<>();
        for (String part : text.split(",")) {
            String[] ends = part.strip().split("-");
            if (ends.length > 2 || !ends[0].matches("\\d{1,5}") || !ends[ends.length - 1].matches("\\d{1,5}")) {
                return numbers;
            }
            for (int i = Integer.parseInt(ends[0]); i <= Integer.parseInt(ends[ends.length - 1]); i++) {
                numbers.add(i);
            }
        }
        return numbers;
    }
}
