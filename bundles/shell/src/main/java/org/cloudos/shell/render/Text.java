package org.cloudos.shell.render;

import java.util.ArrayList;
import java.util.List;
import org.jline.utils.WCWidth;

/** Text measured in a terminal's columns. */
final class Text {
    private Text() { }

    static int width(String text) {
        int width = 0;
        for (int i = 0; i < text.length(); ) {
            int c = text.codePointAt(i);
            width += Math.max(0, WCWidth.wcwidth(c));
            i += Character.charCount(c);
        }
        return width;
    }

    /** Lines of at most this width, broken at spaces where there are some. */
    static List<String> wrap(String text, int width) {
        if (width(text) <= width) {
            return List.of(text);
        }
        List<String> lines = new ArrayList<>();
        int start = 0;
        while (start < text.length()) {
            int end = cut(text, start, width);
            int space = end < text.length() ? text.lastIndexOf(' ', end) : -1;
            int stop = space > start ? space : end;
            lines.add(text.substring(start, stop));
            start = stop;
            while (start < text.length() && text.charAt(start) == ' ') {
                start++;
            }
        }
        return lines;
    }

    private static int cut(String text, int start, int width) {
        int left = width;
        int at = start;
        while (at < text.length()) {
            int c = text.codePointAt(at);
            left -= Math.max(0, WCWidth.wcwidth(c));
            if (left < 0 && at > start) {
                break;
            }
            at += Character.charCount(c);
        }
        return at;
    }
}
